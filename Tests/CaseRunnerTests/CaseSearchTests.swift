// SPDX-License-Identifier: Apache-2.0

import CaseRunner
import Foundation
import TestSupport
import Testing

@Suite struct CaseSearchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ paths: String...) throws {
        for path in paths {
            let file = folder.url.path + "/" + path
            let parent =
                path.hasSuffix("/") ? file : (file as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
            if !path.hasSuffix("/") { try Data().write(to: URL(fileURLWithPath: file)) }
        }
    }

    private func failure(_ roots: String...) -> CaseSearch.Failure? {
        do throws(CaseSearch.Failure) {
            _ = try CaseSearch.cases(in: roots)
            return nil
        } catch {
            return error
        }
    }

    @Test("a folder that is not there, or is a file, cannot be read: 66")
    func unreadable() throws {
        try make("file")
        let missing = try #require(failure("\(folder.url.path)/missing"))
        #expect(missing.exitCode == 66)
        #expect(
            missing.description
                == "\(folder.url.path)/missing: cannot be read: No such file or directory")
        let file = try #require(failure("\(folder.url.path)/file"))
        #expect(file.exitCode == 66)
        #expect(file.description.contains("not a folder; name the folder of a case"))
    }

    @Test("an empty folder, and one without a case, are usage errors that say what a case is: 64")
    func nothing() throws {
        let empty = try #require(failure(folder.url.path))
        #expect(empty.exitCode == 64)
        #expect(empty.description.contains("the folder is empty; a case is a folder with"))
        try make("shared/freeway.yaml", "router.yaml", "notes/readme.txt", "x/capture.pcap")
        let none = try #require(failure(folder.url.path))
        #expect(none.exitCode == 64)
        #expect(none.description.contains("no case in it or below"))
    }

    @Test("one folder without a case is an error though another has some")
    func nothingInOne() throws {
        try make("a/one/wan.in.pcap", "b/")
        #expect(failure("\(folder.url.path)/a", "\(folder.url.path)/b")?.exitCode == 64)
    }

    @Test(
        "cases are found at any depth, by input, expectation or case.yaml, in order of their paths")
    func discovery() throws {
        try make(
            "router.yaml", "shared/freeway.yaml", "b/deep/down/wan.in.pcapng",
            "a/case.yaml", "a/freeway.yaml", "c/lan.expect.pcap", ".git/wan.in.pcap",
            "a-b/wan.in.pcap", "a-b/.#wan.in.pcap")
        let cases = try CaseSearch.cases(in: [folder.url.path + "//"])
        #expect(cases.map(\.name) == ["a", "a-b", "b/deep/down", "c"])
        #expect(cases.map(\.path) == cases.map { "\(folder.url.path)/\($0.name)" })
        #expect(cases[0].caseFile == "\(folder.url.path)/a/case.yaml")
        #expect(cases[0].configuration == "\(folder.url.path)/a/freeway.yaml")
        #expect(cases[1].caseFile == nil)
        #expect(cases[2].inputs.map(\.port) == ["wan"])
        #expect(cases[2].inputs.map(\.path) == ["\(folder.url.path)/b/deep/down/wan.in.pcapng"])
        #expect(cases[3].expectations.map(\.port) == ["lan"])
        #expect(cases.allSatisfy { $0.faults.isEmpty && $0.notes.isEmpty })
    }

    @Test(
        "a case that is named itself is called by its folder's name; several roots by their paths")
    func names() throws {
        try make("a/one/wan.in.pcap", "b/one/wan.in.pcap")
        #expect(try CaseSearch.cases(in: ["\(folder.url.path)/a/one/."]).map(\.name) == ["one"])
        let both = try CaseSearch.cases(in: ["\(folder.url.path)/a", "\(folder.url.path)/b"])
        #expect(both.map(\.name) == ["\(folder.url.path)/a/one", "\(folder.url.path)/b/one"])
        #expect(both.map(\.root) == ["\(folder.url.path)/a", "\(folder.url.path)/b"])
    }

    @Test("a folder that is reached twice is searched once, also by links that go round")
    func links() throws {
        try make("a/one/wan.in.pcap")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.url.path)/a/round", withDestinationPath: folder.url.path)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.url.path)/a/broken", withDestinationPath: "nowhere")
        #expect(try CaseSearch.cases(in: ["\(folder.url.path)/a"]).map(\.name) == ["one"])
        #expect(
            try CaseSearch.cases(in: ["\(folder.url.path)/a", "\(folder.url.path)/a/one"]).count
                == 1)
    }

    @Test(
        "a link out of the suite is a case if it is one itself; what is below it gets a note alone")
    func linksOut() throws {
        try make(
            "suite/one/wan.in.pcap", "shared/two/wan.in.pcap", "shared/two/below/wan.in.pcap",
            "suite/far/wan.in.pcap")
        let suite = "\(folder.url.path)/suite"
        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: "\(suite)/\(name)", withDestinationPath: target)
        }
        try link("a-case", to: "\(folder.url.path)/shared/two")
        try link("shared", to: "\(folder.url.path)/shared")
        try link("system", to: "/")
        try link("within", to: "far")
        var notes: [String] = []
        let cases = try CaseSearch.cases(in: [suite]) { notes.append($0) }
        #expect(cases.map(\.name) == ["a-case", "far", "one"])
        #expect(
            notes.map { $0.prefix { $0 != ":" } } == ["\(suite)/shared", "\(suite)/system"])
        // A folder that is named as well is no place outside.
        let both = try CaseSearch.cases(in: [suite, "\(folder.url.path)/shared"])
        #expect(both.count == 4)
    }

    @Test("a misspelt part of a capture's name is a fault of the case; another capture a note")
    func misspelt() throws {
        try make("a/wan.in.pcap", "a/lan.expct.pcap", "a/lan.expected.pcap", "a/lan.pcap")
        let found = try #require(try CaseSearch.cases(in: [folder.url.path]).first)
        #expect(
            found.faults == [
                "\(folder.url.path)/a/lan.expct.pcap: not read under this name; did you mean "
                    + "\"lan.expect.pcap\"?",
                "\(folder.url.path)/a/lan.expected.pcap: not read under this name; did you mean "
                    + "\"lan.expect.pcap\"?",
            ])
        #expect(found.notes.count == 1)
        #expect(found.notes[0].hasPrefix("\(folder.url.path)/a/lan.pcap: "))
    }

    @Test(
        "a file that is meant for a case makes its folder one, which cannot be run as it is",
        arguments: [
            ("Case.yaml", "rename it to case.yaml"), ("CASE.YML", "rename it to case.yaml"),
            ("case.yml", "rename it to case.yaml"),
            ("case.json", "rename it to case.yaml, which may hold JSON"),
            ("case.toml", "rename it to case.yaml"), ("case.yaml.txt", "rename it to case.yaml"),
            ("lan.in.cap", "did you mean \"lan.in.pcap\"?"),
            ("lan.in.PCAP", "did you mean \"lan.in.pcap\"?"),
            ("lan.In.pcapng", "did you mean \"lan.in.pcapng\"?"),
            ("lan.expect.dmp", "did you mean \"lan.expect.pcap\"?"),
            ("lan.input.pcap", "did you mean \"lan.in.pcap\"?"),
            ("lan.expected.pcap.gz", "did you mean \"lan.expect.pcap.gz\"?"),
            ("lan.expcet.pcap", "did you mean \"lan.expect.pcap\"?"),
            (".in.pcap", nil), ("in.pcap", nil),
        ] as [(String, String?)])
    func misnamed(file: String, hint: String?) throws {
        try make("good/wan.in.pcap", "meant/\(file)")
        let found = try CaseSearch.cases(in: [folder.url.path])
        guard let hint else { return #expect(found.map(\.name) == ["good"]) }
        #expect(found.map(\.name) == ["good", "meant"])
        #expect(
            found.last?.faults == [
                "\(folder.url.path)/meant/\(file): not read under this name; \(hint)"
            ])
    }

    @Test("compressed captures are captures")
    func compressed() throws {
        try make("a/wan.in.pcap.gz", "a/lan.expect.pcapng.zst")
        let found = try #require(try CaseSearch.cases(in: [folder.url.path]).first)
        #expect(found.faults == [])
        #expect(found.inputs.map(\.port) == ["wan"])
        #expect(found.expectations.map(\.port) == ["lan"])
    }

    @Test(
        "what only looks like it is a fault where there is a case, or its configuration, and else nothing"
    )
    func doubtful() throws {
        try make(
            "case/case.yaml", "case/freeway.yml", "case/lan-in.pcap",
            "configured/freeway.yaml", "configured/lan_expect.pcap",
            "shared/lan-in.pcap", "shared/Freeway.yaml", "shared/base.yaml", "shared/wan.ip.pcap",
            "recorded/freeway.yaml", "recorded/monday.pcap")
        var notes: [String] = []
        let found = try CaseSearch.cases(in: [folder.url.path]) { notes.append($0) }
        #expect(found.map(\.name) == ["case", "configured"])
        #expect(found.map(\.faults.count) == [2, 1])
        #expect(
            notes == [
                "\(folder.url.path)/recorded: has freeway.yaml and captures, and is no case: none of them is "
                    + "called PORT.in.pcap or PORT.expect.pcap"
            ])
    }

    @Test(
        "a role without an ending that is known is a fault beside a configuration, and so is nearly case.yaml",
        arguments: [
            ("wan.in", "wan.in.pcap"), ("wan.expect", "wan.expect.pcap"),
            ("wan.in.pacp", "wan.in.pcap"), ("wan.in.trace", "wan.in.pcap"),
            ("lan.1.in.ntar", "lan.1.in.pcap"), ("wan.in.pcap.lz4", "wan.in.pcap"),
            ("wan.in.pcapng.bak", "wan.in.pcap"), ("wan.out.pcap", "wan.expect.pcap"),
            ("cases.yaml", "case.yaml"), ("cas.yml", "case.yaml"), ("freway.yaml", "freeway.yaml"),
            ("wan.in.md", nil), ("wan.in.py", nil), ("base.yaml", nil), ("case2.yaml", nil),
            ("config.yaml", nil), ("README", nil), ("wan.input.txt", nil),
        ] as [(String, String?)])
    func unknownEnding(file: String, meant: String?) throws {
        try make("good/wan.in.pcap", "meant/freeway.yaml", "meant/\(file)", "shared/\(file)")
        let found = try CaseSearch.cases(in: [folder.url.path])
        guard let meant else { return #expect(found.map(\.name) == ["good"]) }
        #expect(found.map(\.name) == ["good", "meant"])
        let start =
            "\(folder.url.path)/meant/\(file): not read under this name; did you mean \"\(meant)\"?"
        #expect(found.last?.faults.count == 1)
        #expect(found.last?.faults.first?.hasPrefix(start) == true, "\(found)")
    }

    @Test("a name that is not UTF-8 hides no case")
    func undecodable() throws {
        try make("good/wan.in.pcap")
        // Latin-1, as old archives have it.
        let base = Array(folder.url.path.utf8CString.dropLast())
        let latin = base + "/caf".utf8CString.dropLast() + [CChar(bitPattern: 0xe9)]
        #expect(mkdir(latin + [0], 0o777) == 0)
        let file = base + "/good/l".utf8CString.dropLast() + [CChar(bitPattern: 0xe4)]
        let descriptor = open(file + "n.in.pcap".utf8CString, O_CREAT | O_WRONLY, 0o666)
        #expect(close(descriptor) == 0)
        let found = try CaseSearch.cases(in: [folder.url.path])
        #expect(found.map(\.name).sorted() == [#"caf\xe9"#, "good"])
        #expect(
            Set(found.flatMap(\.faults)) == [
                folder.url.path
                    + #"/caf\xe9: a name that is not UTF-8, so that it cannot be searched; "#
                    + "rename the folder",
                folder.url.path
                    + #"/good/l\xe4n.in.pcap: a name that is not UTF-8; rename the file"#,
            ])
        // Alone it is not "no case at all".
        try FileManager.default.removeItem(atPath: folder.url.path + "/good")
        #expect(try CaseSearch.cases(in: [folder.url.path]).count == 1)
    }

    @Test("a folder in the place of a file, and folders below all depths, are told")
    func folders() throws {
        try make("a/case.yaml", "a/lan.in.pcap/x", String(repeating: "d/", count: 40))
        var notes: [String] = []
        let found = try CaseSearch.cases(in: [folder.url.path]) { notes.append($0) }
        #expect(
            found.map(\.faults) == [
                ["\(folder.url.path)/a/lan.in.pcap: a folder, where a file should be"]
            ])
        #expect(notes.count == 1)
        #expect(
            notes.first?.hasSuffix("the folders in it are too deep, and are not searched") == true)
    }

    @Test("two captures for one port are a fault")
    func twice() throws {
        try make("a/wan.in.pcap", "a/wan.in.pcapng", "a/wan.expect.pcap")
        let found = try #require(try CaseSearch.cases(in: [folder.url.path]).first)
        #expect(
            found.faults == [
                "\(folder.url.path)/a/wan.in.pcapng: port wan has \(folder.url.path)/a/wan.in.pcap too; keep "
                    + "one of them"
            ])
    }

    @Test("--filter: parts of path and title, and patterns; case does not count")
    func filter() {
        func matches(_ word: String) -> Bool {
            CaseFilter(word).matches(
                name: "route/no-route", title: "A frame to nowhere (RFC 1812, 5.2.7)")
        }
        for word in [
            "no-r", "ROUTE/", "nowhere", "rfc 1812", "no-*", "route/*", "*RFC*", "n[ao]-?oute",
        ] {
            #expect(matches(word), "\(word)")
        }
        for word in ["nat", "no*x", "route?", "[x]*"] { #expect(!matches(word), "\(word)") }
    }
}
