// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// A port and a file, as `--in wan=capture.pcap` names them.
struct PortFile: ExpressibleByArgument {
    let port: String
    let path: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
            return nil
        }
        let path = argument[argument.index(after: sign)...]
        guard !path.isEmpty else { return nil }
        port = String(argument[..<sign])
        self.path = Self.standardOutputs.contains(String(path)) ? "-" : String(path)
    }
}

extension PortFile: CustomStringConvertible {
    var description: String { "\(port)=\(path)" }
}

extension PortFile {
    /// What tells whether a file that is read is the same regular file as another; nil for a pipe or a device.
    var inputIdentity: String? { Self.identity(of: readPath) }

    /// What tells whether two inputs are one pipe, of which each would read a part; nil for a file.
    var streamIdentity: String? {
        var status = stat()
        guard stat(readPath, &status) == 0,
            [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
        else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }

    /// What tells whether two outputs lead to the same place; nil for a device such as /dev/null, which any
    /// number of ports may name.
    var outputIdentity: String? {
        guard isStandardOutput else { return Self.identity(of: path) }
        return Self.isRegular("/dev/stdout") ? Self.identity(of: "/dev/stdout") : "standard output"
    }

    /// Whether what a port sends goes to standard output.
    var isStandardOutput: Bool { path == "-" }

    /// Other names of standard output: a report that went there too would stand in the middle of the capture.
    private static let standardOutputs = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]

    private var readPath: String { path == "-" ? "/dev/stdin" : path }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What tells whether two paths lead to the same regular file, whether it exists yet or not; nil for
    /// a device such as /dev/null.
    static func identity(of path: String) -> String? {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            return "\(status.st_dev):\(status.st_ino)"
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard let real = realpath(folder, nil) else { return path }
        defer { free(real) }
        let name = path.split(separator: "/").last ?? ""
        return "\(String(cString: real))/\(name)"
    }
}
