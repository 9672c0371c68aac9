// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import Captures

/// What tshark read of a file of Tests/Captures/pcapng, as pcapngs.py beside it wrote it down.
struct TsharkView {
    struct Frame: Equatable {
        /// Nil where the file gives none.
        var moment: CaptureTime?
        var wireLength: Int
        var bytes: [UInt8]
    }

    static let folder = Repository.root.appending(path: "Tests/Captures/pcapng")

    let path: String
    private(set) var frames: [Frame] = []
    /// Wireshark's numbers; 1 is Ethernet.
    private(set) var linkTypes: [Int] = []
    /// With which tshark ended.
    private(set) var error: String?

    init(_ name: String) throws {
        path = Self.folder.appending(path: name + ".pcapng").path
        let text = try String(
            contentsOf: Self.folder.appending(path: name + ".tsv"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map(String.init)
            guard words[0] != "error" else {
                error = words[1]
                continue
            }
            let bytes = [UInt8](hex: words[6])
            guard bytes.count == Int(words[3]) else { throw CocoaError(.fileReadCorruptFile) }
            frames.append(
                Frame(
                    moment: Self.moment(words[1]), wireLength: Int(words[4]) ?? -1, bytes: bytes))
            linkTypes.append(Int(words[5]) ?? -1)
        }
    }

    /// The names of all files there.
    static func names() throws -> [String] {
        try Repository.captures(in: folder).map {
            $0.deletingPathExtension().lastPathComponent
        }
    }

    private static func moment(_ text: String) -> CaptureTime? {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let seconds = Int64(parts[0]), let rest = UInt32(parts[1])
        else { return nil }
        return CaptureTime(seconds: seconds, nanoseconds: rest)
    }
}
