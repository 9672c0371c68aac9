// SPDX-License-Identifier: Apache-2.0

import Captures
import Expectations

extension CaptureWriter {
    /// Adds a frame that is held.
    func write(_ frame: CapturedFrame) throws(CaptureError) {
        var failure: CaptureError?
        frame.bytes.withUnsafeBytes { bytes in
            do throws(CaptureError) {
                try write(bytes, time: frame.time)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
