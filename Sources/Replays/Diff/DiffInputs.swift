// SPDX-License-Identifier: Apache-2.0

import Captures
import Forwarding
import Glibc

/// The captures of `freeway diff`, which several processes read: what comes through a pipe, or is compressed, in one
/// copy for all.
struct DiffInputs {
    private let files: [(port: String, file: CaptureFile)]

    /// - Throws: `ForwarderError` when one cannot be read or copied.
    init(_ inputs: [(port: String, path: String)]) throws(ForwarderError) {
        var files: [(port: String, file: CaptureFile)] = []
        do throws(CaptureError) {
            for input in inputs {
                let file = try CaptureFile(path: input.path) { _ in !Interruption.isRequested }
                files.append((input.port, file))
            }
        } catch {
            throw ForwarderError(error)
        }
        self.files = files
    }

    /// Ports, and where processes that this one starts read their captures.
    var shared: [(port: String, path: String)] { files.map { ($0.port, $0.file.sharedPath) } }

    var byteCount: Int {
        files.reduce(0) { sum, input in
            var status = stat()
            return stat(input.file.readPath, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// What a process says, with the captures called as the user calls them.
    func named(_ notes: () throws -> [String]) throws -> [String] {
        do {
            return try notes().map(renamed)
        } catch let failure as DiffRun.SideFailure {
            throw DiffRun.SideFailure(code: failure.code, errors: renamed(failure.errors))
        }
    }

    private func renamed(_ text: String) -> String {
        files.reduce(text) { $0.replacing($1.file.sharedPath, with: $1.file.path) }
    }
}
