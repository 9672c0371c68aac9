// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Glibc

extension CaseFolder {
    /// What a file in a case's folder is by its name.
    private enum Role: String, CaseIterable {
        case input = "in"
        case expectation = "expect"
    }

    /// Looks at the names of a folder's files; no file is opened.
    ///
    /// - Parameters:
    ///   - files: the names of what is no folder in it.
    ///   - failure: why the folder could not be read; it is a case then, which cannot be run.
    /// - Returns: nil when the folder is no case: it has neither an input, nor an expectation, nor
    ///   case.yaml.
    init?(path: String, name: String, root: String, files: [String], failure: String? = nil) {
        var captures: [Role: [Capture]] = [:]
        var faults = failure.map { ["\(path): \($0)"] } ?? []
        var notes: [String] = []
        for file in files.sorted() {
            guard let stem = Self.stem(ofCapture: file) else { continue }
            switch Self.role(stem) {
            case .some((let port, let role)):
                let capture = Capture(port: port, path: "\(path)/\(file)")
                if let other = captures[role]?.first(where: { $0.port == port }) {
                    faults.append(
                        "\(capture.path): port \(port) has \(other.path) too; keep one of them")
                } else {
                    captures[role, default: []].append(capture)
                }
            case nil:
                let last = stem.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
                let near = Spelling.nearest(
                    to: last, among: Role.allCases.map(\.rawValue) + ["expected", "input"])
                let text =
                    "\(path)/\(file): neither PORT.in.pcap nor PORT.expect.pcap (or .pcapng)"
                if let near, stem.contains(".") {
                    let role = near.hasPrefix("in") ? Role.input : .expectation
                    faults.append("\(text); did you mean \"\(role.rawValue)\"?")
                } else {
                    notes.append("\(text): not used")
                }
            }
        }
        let inputs = captures[.input] ?? []
        let expectations = captures[.expectation] ?? []
        let hasCaseFile = files.contains("case.yaml")
        let isCase = !inputs.isEmpty || !expectations.isEmpty || hasCaseFile || failure != nil
        guard isCase else { return nil }
        if let wrong = files.first(where: { ["case.yml", "freeway.yml"].contains($0) }) {
            faults.append("\(path)/\(wrong): rename it to end in .yaml")
        }
        self.init(
            path: path, name: name, root: root, inputs: inputs, expectations: expectations,
            caseFile: hasCaseFile ? "\(path)/case.yaml" : nil,
            configuration: files.contains("freeway.yaml") ? "\(path)/freeway.yaml" : nil,
            faults: faults, notes: notes)
    }

    /// The name without `.pcap` or `.pcapng`; nil when it is no capture's.
    private static func stem(ofCapture file: String) -> String? {
        // Hidden files are what editors and copying programs leave.
        guard !file.hasPrefix(".") else { return nil }
        for ending in [".pcap", ".pcapng"] where file.hasSuffix(ending) {
            return String(file.dropLast(ending.count))
        }
        return nil
    }

    private static func role(_ stem: String) -> (port: String, role: Role)? {
        for role in Role.allCases where stem.hasSuffix(".\(role.rawValue)") {
            let port = String(stem.dropLast(role.rawValue.count + 1))
            return port.isEmpty ? nil : (port, role)
        }
        return nil
    }
}
