// SPDX-License-Identifier: Apache-2.0

/// Reads a capture of Ethernet frames, frame by frame: a pcap file by libpcap, a pcapng file by our own reader.
/// One thread.
public final class CaptureReader {
    private enum Source {
        case pcap(PcapReader)
        case pcapng(PcapngReader)
    }

    private let file: CaptureFile
    private let source: Source
    private var frameCount = 0
    /// Frames between two looks whether the reading is to go on.
    private static let framesPerLook = 1 << 16

    /// Opens a capture wherever it is: a file, compressed or not, or a pipe, which is read to its end first.
    /// - Throws: `CaptureError` as of `CaptureFile` and ``init(_:)``.
    public convenience init(path: String) throws(CaptureError) {
        try self.init(CaptureFile(path: path))
    }

    /// Reads a capture from its beginning.
    /// - Throws: `CaptureError` when it is no capture, which a file of no bytes at all is not either.
    public init(_ file: CaptureFile) throws(CaptureError) {
        self.file = file
        switch file.content {
        case .nothing:
            throw CaptureError(
                .malformed, file.path,
                file.isCut
                    ? "the compressed data end before they give anything"
                    : "is empty: it has not even the header of a capture, so that nobody knows whether it "
                        + "was ever written; a capture without frames says that there are none")
        case .pcapng: source = .pcapng(PcapngReader(path: file.path, bytes: try file.bytes()))
        case .other: source = .pcap(try PcapReader(path: file.path, readPath: file.readPath))
        }
    }

    /// Set once the file ended in the middle of a frame, or of the compressed data that holds it.
    public var isTruncated: Bool { endsInsideFrame || file.isCut }

    private var endsInsideFrame: Bool {
        switch source {
        case .pcap(let reader): reader.isTruncated
        case .pcapng(let reader): reader.isTruncated
        }
    }

    /// Whether libpcap reads the frames that were read so far, and reads them alike.
    var isPlain: Bool {
        switch source {
        case .pcap(let reader): reader.isPlain
        case .pcapng(let reader): reader.isPlain
        }
    }

    /// The next frame; nil at the end of the file.
    /// - Throws: `CaptureError` when what follows is no frame, or one of another link type than Ethernet, or
    ///   `watch` wants no more.
    public func next(watch: CaptureWatch = { _ in true }) throws(CaptureError) -> Frame? {
        guard !endsInsideFrame else { return nil }
        frameCount += 1
        if frameCount % Self.framesPerLook == 0 {
            let progress = CaptureProgress(
                path: file.path, readBytes: readBytes, totalBytes: file.byteCount)
            guard watch(progress) else {
                throw CaptureError(.interrupted, file.path, "interrupted")
            }
        }
        return switch source {
        case .pcap(let reader): try reader.next()
        case .pcapng(let reader): try reader.next()
        }
    }

    private var readBytes: Int {
        switch source {
        case .pcap(let reader): reader.readBytes
        case .pcapng(let reader): reader.readBytes
        }
    }
}
