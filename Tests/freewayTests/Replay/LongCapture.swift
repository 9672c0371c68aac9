// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation

/// A capture of many equal frames, for replays that take a while.
enum LongCapture {
    /// - Parameter frames: a multiple of 1,000.
    static func write(to path: String, frames: Int) throws {
        let writer = try CaptureWriter(path: path)
        try [UInt8](repeating: 2, count: 60).withUnsafeBytes { bytes in
            for _ in 0..<1000 { try writer.write(bytes, time: 1_700_000_000_000_000_000) }
        }
        try writer.flush()
        try writer.publish()
        let thousand = try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(24)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        for _ in 1..<frames / 1000 { try file.write(contentsOf: thousand) }
        try file.close()
    }
}
