// SPDX-License-Identifier: Apache-2.0

/// Copies a pcap file that somebody else writes, as its bytes come in, and leaves off after a whole frame
/// wherever they end. The bytes are in the order of this machine. One thread.
///
/// The copy takes its place with `publish()`, as the frames of `CaptureWriter` do.
public final class CaptureCopy {
    private let output: BufferedOutput
    private var pending: [UInt8] = []
    private var hasHeader = false
    public private(set) var frameCount = 0

    private static let fileHeaderBytes = 24
    private static let recordHeaderBytes = 16

    /// - Parameter isInterrupted: as of `CaptureWriter`.
    /// - Throws: `CaptureError` when the file cannot be created.
    public init(
        path: String, isInterrupted: @escaping () -> Bool = { false }
    ) throws(CaptureError) {
        output = try BufferedOutput(path: path, isInterrupted: isInterrupted)
    }

    /// Takes what comes next of the file.
    public func take(_ bytes: some Sequence<UInt8>) throws(CaptureError) {
        pending += bytes
        var taken = 0
        while let length = nextLength(at: taken), taken + length <= pending.count {
            output.add(pending[taken..<(taken + length)])
            try output.endRecord()
            if hasHeader { frameCount += 1 }
            hasHeader = true
            taken += length
        }
        pending.removeFirst(taken)
    }

    /// Bytes of the file's header, or of the frame that begins there; nil where that is not known yet.
    private func nextLength(at start: Int) -> Int? {
        guard hasHeader else { return Self.fileHeaderBytes }
        guard pending.count >= start + Self.recordHeaderBytes else { return nil }
        let kept = pending.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self)
        }
        return Self.recordHeaderBytes + Int(kept)
    }

    /// Writes what is buffered.
    public func flush() throws(CaptureError) { try output.flush() }

    /// Writes the rest and puts the file in its place.
    public func publish() throws(CaptureError) { try output.publish() }
}
