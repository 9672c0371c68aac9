// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation

/// A capture of many equal frames, for replays that take a while.
enum LongCapture {
    static func write(to path: String, frames: Int) throws {
        let writer = try CaptureWriter(path: path)
        let frame = [UInt8](repeating: 2, count: 60)
        try frame.withUnsafeBytes { bytes in
            for number in 0..<frames {
                try writer.write(bytes, time: 1_700_000_000_000_000_000 + UInt64(number))
            }
        }
        try writer.flush()
        try writer.publish()
    }
}
