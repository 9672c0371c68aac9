// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A capture that can be read any number of times, wherever it comes from: a file as it is; one that is compressed
/// (gzip, zstd) or longer than it says, and what comes through a pipe, in a copy, which has no name and is gone with the value.
public final class CaptureFile: Sendable {
    /// What the content seems to be.
    enum Content: Sendable {
        case nothing, pcapng
        /// A pcap file, or no capture.
        case other
    }

    /// What the user calls it.
    public let path: String
    /// Where its bytes are.
    public let readPath: String
    /// Bytes of the capture, without compression.
    let byteCount: Int
    let content: Content
    /// Whether the compressed data ended too early.
    let isCut: Bool
    private let copy: SpoolFile?

    /// Whether it is read from a copy that only this process has.
    public var isCopy: Bool { copy != nil }

    /// Where processes that this one starts can read it, as long as the value lives.
    public var sharedPath: String { copy?.sharedPath ?? readPath }

    /// Opens a capture, and copies it where that is necessary.
    /// - Parameters:
    ///   - path: `-` for standard input. A pipe is waited for, and read to its end.
    ///   - watch: asked now and then while it is copied.
    /// - Throws: `CaptureError` when it cannot be read or copied, or `watch` wants no more.
    public convenience init(
        path: String, watch: CaptureWatch = { _ in true }
    ) throws(CaptureError) {
        try self.init(path: path, copyLimit: nil, watch: watch)
    }

    /// - Parameter copyLimit: nil for half of what is free.
    init(
        path: String, copyLimit: SpoolFile.Limit?, watch: CaptureWatch = { _ in true }
    ) throws(CaptureError) {
        let name = path == "-" ? "standard input" : path
        var source = path == "-" ? "/dev/stdin" : path
        var status = stat()
        guard stat(source, &status) == 0 else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        var copy: SpoolFile?
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR:
            throw CaptureError(.unreadable, name, "is a directory; name a capture in it")
        default:
            let stream = try CaptureStream(source, name)
            let spooled = try stream.copy(limit: copyLimit, watch: watch)
            source = spooled.path
            copy = spooled
        }
        var head = try Self.head(of: source, name)
        var isCut = false
        if let compression = Compression(head) {
            let unpacked = try SpoolFile(for: name, limit: copyLimit)
            isCut = try compression.unpack(source, name, into: unpacked, watch: watch)
            try unpacked.flush()
            copy = unpacked
            source = unpacked.path
            head = try Self.head(of: source, name)
        }
        if CaptureMagic.isPcap(head), PcapSnapshotLength.isExceeded(in: try Self.open(source, name))
        {
            let longer = try SpoolFile(for: name, limit: copyLimit)
            try PcapSnapshotLength.copy(
                Self.open(source, name), name, into: longer, watch: watch)
            copy = longer
            source = longer.path
        }
        self.path = name
        self.isCut = isCut
        self.copy = copy
        readPath = source
        byteCount = copy?.byteCount ?? Int(status.st_size)
        content = head.isEmpty ? .nothing : CaptureMagic.isPcapng(head) ? .pcapng : .other
    }

    /// The content of another file's frames in a form that libpcap reads.
    init(_ original: CaptureFile, copy: SpoolFile) {
        path = original.path
        readPath = copy.path
        byteCount = copy.byteCount
        content = .other
        isCut = false
        self.copy = copy
    }

    /// The content, to be read from its beginning.
    func bytes() throws(CaptureError) -> FileBytes {
        guard let bytes = FileBytes(path: readPath) else {
            throw CaptureError(.unreadable, path, String(cString: strerror(errno)))
        }
        return bytes
    }

    /// The first bytes, at most four.
    private static func head(of source: String, _ name: String) throws(CaptureError) -> [UInt8] {
        let bytes = try open(source, name)
        return bytes.take(min(4, bytes.remaining)).map { Array($0) } ?? []
    }

    private static func open(_ source: String, _ name: String) throws(CaptureError) -> FileBytes {
        guard let bytes = FileBytes(path: source) else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        return bytes
    }
}

/// How captures begin.
enum CaptureMagic {
    static func isPcapng(_ head: some Collection<UInt8>) -> Bool {
        head.prefix(4).elementsEqual([0x0a, 0x0d, 0x0d, 0x0a])
    }

    /// pcap, in microseconds, nanoseconds or as Kuznetzov's patch wrote it, in either byte order.
    static func isPcap(_ head: some Collection<UInt8>) -> Bool {
        [[0xa1, 0xb2, 0xc3, 0xd4], [0xa1, 0xb2, 0x3c, 0x4d], [0xa1, 0xb2, 0xcd, 0x34]].contains {
            (magic: [UInt8]) in
            head.prefix(4).elementsEqual(magic) || head.prefix(4).elementsEqual(magic.reversed())
        }
    }

    /// Refuses what is surely no capture, before much of it is read. A few bytes decide later.
    static func require(_ head: some Collection<UInt8>, _ name: String) throws(CaptureError) {
        guard head.count < 4 || isPcapng(head) || isPcap(head) else {
            let bytes = head.prefix(4).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined(separator: " ")
            throw CaptureError(
                .malformed, name, "not a pcap or pcapng capture (it begins with \(bytes))")
        }
    }
}
