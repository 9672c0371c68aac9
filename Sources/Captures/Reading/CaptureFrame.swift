// SPDX-License-Identifier: Apache-2.0

extension CaptureReader {
    /// A frame as the file has it.
    public struct Frame {
        public let moment: CaptureTime
        /// Bytes that the frame had on the wire; more than `bytes.count` when the capture cut it.
        public let wireLength: Int
        /// Valid until the next frame is read.
        public let bytes: UnsafeRawBufferPointer

        /// Nanoseconds since 1970; 0 before it, and the most that there is after the year 2554.
        public var time: UInt64 { moment.nanosecondsSince1970 }
    }
}
