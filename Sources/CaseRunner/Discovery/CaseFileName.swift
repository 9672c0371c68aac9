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
        default: self = Self.capture(file) ?? Self.document(file) ?? .other
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
        let words = ["in", "expect", "expected", "input"]
        let separators = ".-_ "
        guard let place = stem.lastIndex(where: { separators.contains($0) }) else { return nil }
        let last = stem[stem.index(after: place)...].lowercased()
        guard let near = Spelling.nearest(to: last, among: words) else { return nil }
        let role = near.hasPrefix("in") ? Role.input : .expectation
        let port = stem[..<place].isEmpty ? "PORT" : String(stem[..<place])
        let hint = "did you mean \"\(port).\(role.rawValue).\(ending)\"?"
        // Short words are near to many.
        let isCertain = stem[place] == "." && (words.contains(last) || last.count > 4)
        return isCertain ? .misnamed(hint: hint) : .doubtful(hint: hint)
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
        return nil
    }
}
