// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// What a file in a case's folder is by its name alone.
enum CaseFileName: Equatable {
    enum Role: String, CaseIterable {
        case input = "in"
        case expectation = "expect"
    }

    case caseFile
    case configuration
    case capture(port: String, Role)
    /// Meant for a case without any doubt, and not read under this name.
    case misnamed(hint: String)
    /// Most likely meant for a case, if its folder is one.
    case doubtful(hint: String)
    /// A capture that no case knows.
    case unknownCapture
    /// Nothing that cases have to do with.
    case other

    init(_ file: String) {
        // Hidden files are what editors and copying programs leave.
        guard !file.hasPrefix(".") else {
            self = .other
            return
        }
        switch file {
        case "case.yaml": self = .caseFile
        case "freeway.yaml": self = .configuration
        default:
            self = Self.capture(file) ?? Self.withRole(file) ?? Self.document(file) ?? .other
        }
    }

    /// The endings of captures that are read.
    private static let endings = ["pcap", "pcapng"].flatMap { [$0, "\($0).gz", "\($0).zst"] }
    /// Those that other tools give to captures, too.
    private static let otherEndings = [
        "cap", "dmp", "trc", "erf", "snoop", "pcap.bz2", "pcap.xz", "pcapng.bz2", "pcapng.xz",
        "cap.gz",
    ]

    private static func capture(_ file: String) -> CaseFileName? {
        let lower = file.lowercased()
        guard let ending = (endings + otherEndings).first(where: { lower.hasSuffix(".\($0)") })
        else { return nil }
        let stem = String(file.dropLast(ending.count + 1))
        let isRead = endings.contains(ending) && file.hasSuffix(".\(ending)")
        if isRead {
            for role in Role.allCases where stem.hasSuffix(".\(role.rawValue)") {
                let port = String(stem.dropLast(role.rawValue.count + 1))
                if !port.isEmpty { return .capture(port: port, role) }
            }
        }
        let right = endings.contains(ending) ? ending : "pcap"
        return misnamed(stem, ending: right) ?? .unknownCapture
    }

    /// A name that ends in a role, or nearly so.
    private static func misnamed(_ stem: String, ending: String) -> CaseFileName? {
        let words = ["in", "expect", "expected", "input", "out", "output"]
        let separators = ".-_ "
        guard let place = stem.lastIndex(where: { separators.contains($0) }) else { return nil }
        let last = stem[stem.index(after: place)...].lowercased()
        guard let near = Spelling.nearest(to: last, among: words) else { return nil }
        let role = near.hasPrefix("in") ? Role.input : .expectation
        let port = stem[..<place].isEmpty ? "PORT" : String(stem[..<place])
        let hint = "did you mean \"\(port).\(role.rawValue).\(ending)\"?"
        // Short words are near to many.
        let isCertain =
            stem[place] == "." && !near.hasPrefix("out") && (words.contains(last) || last.count > 4)
        return isCertain ? .misnamed(hint: hint) : .doubtful(hint: hint)
    }

    /// `wan.in`, `wan.expect.pacp`, `wan.in.pcap.lz4`: a role, and no ending that is known.
    private static func withRole(_ file: String) -> CaseFileName? {
        // Notes, and what makes the captures.
        let others = ["md", "txt", "rst", "py", "sh", "json", "yaml", "yml", "csv", "hex", "log"]
        let words = file.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard
            let place = words.indices.dropFirst().first(where: { index in
                Role.allCases.contains { $0.rawValue == words[index].lowercased() }
            }), !others.contains(words[words.count - 1].lowercased())
        else { return nil }
        let port = words[..<place].joined(separator: ".")
        return .doubtful(
            hint:
                "did you mean \"\(port).\(words[place].lowercased()).pcap\"? It may be compressed with gzip "
                + "or zstd (.pcap.gz, .pcap.zst)")
    }

    /// `Case.yaml`, `case.json`, `freeway.yml`
    private static func document(_ file: String) -> CaseFileName? {
        let lower = file.lowercased()
        for (name, isCase) in [("case", true), ("freeway", false)] {
            let endings = ["yaml", "yml", "json", "toml", "yaml.txt", "yml.txt"]
            guard let ending = endings.first(where: { lower == "\(name).\($0)" }) else { continue }
            let reason = ending == "json" ? ", which may hold JSON" : ""
            let hint = "rename it to \(name).yaml\(reason)"
            return isCase ? .misnamed(hint: hint) : .doubtful(hint: hint)
        }
        for name in ["case", "freeway"] {
            let stem = lower.split(separator: ".").first.map(String.init) ?? ""
            guard stem.first == name.first, ["\(stem).yaml", "\(stem).yml"].contains(lower),
                stem.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }),
                Spelling.nearest(to: stem, among: [name]) != nil
            else { continue }
            return .doubtful(hint: "did you mean \"\(name).yaml\"?")
        }
        return nil
    }
}
