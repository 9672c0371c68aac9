// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// An independent reader of captures: Debian's python3-scapy, which `make dependencies-test` installs.
enum Scapy {
    static let isInstalled: Bool = (try? run("import scapy", [])) != nil

    /// Nanoseconds, length on the wire and bytes of each frame of a capture.
    static func read(_ path: String) throws -> [ReadFrame] {
        let script = """
            import sys
            from scapy.utils import RawPcapReader
            for data, meta in RawPcapReader(sys.argv[1]):
                if hasattr(meta, "tshigh"):
                    ticks = (meta.tshigh << 32 | meta.tslow)
                    time = ticks * (10 ** 9 // meta.tsresol)
                else:
                    unit = 1 if RawPcapReader(sys.argv[1]).nano else 1000
                    time = meta.sec * 10 ** 9 + meta.usec * unit
                print(time, meta.wirelen, data.hex())
            """
        return try run(script, [path]).split(separator: "\n").map { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            return ReadFrame(
                time: UInt64(words[0]) ?? 0, wireLength: Int(words[1]) ?? 0,
                bytes: [UInt8](hex: String(words[2])))
        }
    }

    private struct Failure: Error {}

    private static func run(_ script: String, _ arguments: [String]) throws -> String {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = ["-c", script] + arguments
        let output = Pipe()
        python.standardOutput = output
        python.standardError = FileHandle.nullDevice
        try python.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        guard python.terminationStatus == 0 else { throw Failure() }
        return text
    }
}
