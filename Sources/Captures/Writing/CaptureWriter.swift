// SPDX-License-Identifier: Apache-2.0

/// Writes Ethernet frames to a capture with nanosecond timestamps: pcap (draft-ietf-opsawg-pcap) or pcapng. One
/// thread.
///
/// The frames go to a file beside the path, which takes its place with `publish()`: a run that fails leaves
/// no half-written capture.
public final class CaptureWriter {
    private enum Output {
        case pcap(BufferedOutput)
        case pcapng(PcapngWriter)
    }

    public let path: String
    private let output: Output
    private let epoch: Int64
    public private(set) var frameCount = 0

    private static let longestFrame: UInt32 = 262_144

    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - format: nil for what the path's name asks for.
    ///   - epoch: the second that times count from, counted from 1970.
    ///   - interface: what a pcapng file calls where the frames were.
    ///   - isInterrupted: asked while a pipe has no reader, or one that does not read; once it says so, the
    ///     wait ends with an error.
    /// - Throws: `CaptureError` when the file cannot be created.
    public init(
        path: String, format: CaptureFormat? = nil, epoch: Int64 = 0,
        interface: String = "freeway", isInterrupted: @escaping () -> Bool = { false }
    ) throws(CaptureError) {
        self.path = path
        self.epoch = epoch
        switch format ?? CaptureFormat(ofFileNamed: path) {
        case .pcapng:
            output = .pcapng(
                try PcapngWriter(
                    path: path, interfaces: [PcapngWriter.Interface(name: interface)],
                    application: "freeway", epoch: epoch, isInterrupted: isInterrupted))
        case .pcap:
            let file = try BufferedOutput(path: path, isInterrupted: isInterrupted)
            file.add(UInt32(0xa1b2_3c4d))
            file.add(UInt16(2))
            file.add(UInt16(4))
            // Two fields that nobody uses: the time zone and the accuracy of times.
            file.add(UInt64(0))
            file.add(Self.longestFrame)
            // Ethernet.
            file.add(UInt32(1))
            output = .pcap(file)
        }
    }

    /// Adds a frame.
    /// - Parameter time: nanoseconds since the epoch.
    /// - Throws: `CaptureError`, also for a time that a pcap file cannot hold.
    public func write(_ bytes: UnsafeRawBufferPointer, time: UInt64) throws(CaptureError) {
        switch output {
        case .pcapng(let writer): try writer.write(bytes, time: time, length: bytes.count)
        case .pcap(let file):
            guard CaptureFormat.pcapHolds(from: epoch, to: time) else {
                throw CaptureError(
                    .unwritable, path,
                    "frame \(frameCount + 1) is of a time that pcap cannot hold, which ends in 2106; name "
                        + "a file that ends in .pcapng")
            }
            file.add(UInt32(UInt64(epoch) + time / 1_000_000_000))
            file.add(UInt32(time % 1_000_000_000))
            file.add(UInt32(bytes.count))
            file.add(UInt32(bytes.count))
            file.add(bytes)
            try file.endRecord()
        }
        frameCount += 1
    }

    /// Writes what is buffered.
    public func flush() throws(CaptureError) {
        switch output {
        case .pcap(let file): try file.flush()
        case .pcapng(let writer): try writer.flush()
        }
    }

    /// Writes the rest and puts the file in its place.
    public func publish() throws(CaptureError) {
        switch output {
        case .pcap(let file): try file.publish()
        case .pcapng(let writer): try writer.publish()
        }
    }
}
