// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

extension CaseFolder {
    /// Looks at the names of a folder's files; no file is opened.
    ///
    /// - Returns: nil when the folder is no case: it has neither an input, nor an expectation, nor
    ///   case.yaml, nor a file that is meant for one of these.
    init?(path: String, name: String, root: String, _ entries: Entries) {
        var captures: [CaseFileName.Role: [Capture]] = [:]
        var faults: [String] = []
        var doubts: [String] = []
        var notes: [String] = []
        for file in entries.files {
            let place = "\(path)/\(file)"
            switch CaseFileName(file) {
            case .capture(let port, let role):
                let capture = Capture(port: port, path: place)
                if let other = captures[role]?.first(where: { $0.port == port }) {
                    faults.append("\(place): port \(port) has \(other.path) too; keep one of them")
                } else {
                    captures[role, default: []].append(capture)
                }
            case .misnamed(let hint): faults.append("\(place): not read under this name; \(hint)")
            case .doubtful(let hint): doubts.append("\(place): not read under this name; \(hint)")
            case .unknownCapture:
                notes.append(
                    "\(place): neither PORT.in.pcap nor PORT.expect.pcap (or .pcapng): not used")
            case .caseFile, .configuration, .other: break
            }
        }
        for folder in entries.folders {
            switch CaseFileName(folder) {
            case .caseFile, .capture, .misnamed:
                doubts.append("\(path)/\(folder): a folder, where a file should be")
            default: break
            }
        }
        doubts += entries.undecodable.filter { !$0.isFolder }.map {
            "\(path)/\($0.name): a name that is not UTF-8; rename the file"
        }
        let hasCaseFile = entries.files.contains("case.yaml")
        let hasConfiguration = entries.files.contains("freeway.yaml")
        let isCase =
            !captures.isEmpty || hasCaseFile || !faults.isEmpty
            || hasConfiguration && !doubts.isEmpty
        guard isCase else { return nil }
        self.init(
            path: path, name: name, root: root, inputs: captures[.input] ?? [],
            expectations: captures[.expectation] ?? [],
            caseFile: hasCaseFile ? "\(path)/case.yaml" : nil,
            configuration: hasConfiguration ? "\(path)/freeway.yaml" : nil,
            faults: faults + doubts, notes: notes)
    }

    /// A folder of which nobody can tell whether it is a case: it is one that cannot be run.
    init(path: String, name: String, root: String, failure: String) {
        self.init(
            path: path, name: name, root: root, inputs: [], expectations: [], caseFile: nil,
            configuration: nil, faults: ["\(path): \(failure)"], notes: [])
    }
}
