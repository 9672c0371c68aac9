// SPDX-License-Identifier: Apache-2.0

/// Writes Ethernet frames to a pcap file with nanosecond timestamps (draft-ietf-opsawg-pcap). One thread.
///
/// The frames go to a file beside the path, which takes its place with `publish()`: a run that fails leaves
/// no half-written capture.
public final class CaptureWriter {
    public let path: String
    private let output: BufferedOutput
    public private(set) var frameCount = 0

    private static let longestFrame: UInt32 = 262_144

    /// - Parameter isInterrupted: asked while a pipe has no reader, or one that does not read; once it says
    ///   so, the wait ends with an error.
    /// - Throws: `CaptureError` when the file cannot be created.
    public init(
        path: String, isInterrupted: @escaping () -> Bool = { false }
    ) throws(CaptureError) {
        self.path = path
        output = try BufferedOutput(path: path, isInterrupted: isInterrupted)
        output.add(UInt32(0xa1b2_3c4d))
        output.add(UInt16(2))
        output.add(UInt16(4))
        // Two fields that nobody uses: the time zone and the accuracy of times.
        output.add(UInt64(0))
        output.add(Self.longestFrame)
        // Ethernet.
        output.add(UInt32(1))
    }

    /// Adds a frame.
    /// - Parameter time: nanoseconds since 1970.
    public func write(_ bytes: UnsafeRawBufferPointer, time: UInt64) throws(CaptureError) {
        output.add(UInt32(truncatingIfNeeded: time / 1_000_000_000))
        output.add(UInt32(time % 1_000_000_000))
        output.add(UInt32(bytes.count))
        output.add(UInt32(bytes.count))
        output.add(bytes)
        try output.endRecord()
        frameCount += 1
    }

    /// Writes what is buffered.
    public func flush() throws(CaptureError) { try output.flush() }

    /// Writes the rest and puts the file in its place.
    public func publish() throws(CaptureError) { try output.publish() }
}
