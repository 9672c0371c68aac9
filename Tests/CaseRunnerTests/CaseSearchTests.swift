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
                "\(folder.url.path)/a/lan.expct.pcap: neither PORT.in.pcap nor PORT.expect.pcap (or "
                    + ".pcapng); did you mean \"expect\"?",
                "\(folder.url.path)/a/lan.expected.pcap: neither PORT.in.pcap nor PORT.expect.pcap (or "
                    + ".pcapng); did you mean \"expect\"?",
            ])
        #expect(found.notes.count == 1)
        #expect(found.notes[0].hasPrefix("\(folder.url.path)/a/lan.pcap: "))
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
