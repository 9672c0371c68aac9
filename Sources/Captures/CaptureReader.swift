// SPDX-License-Identifier: Apache-2.0

import CPcap
import Glibc

/// Reads a pcap or pcapng file of Ethernet frames, frame by frame, with nanosecond timestamps. Wraps
/// libpcap's offline reading. One thread.
public final class CaptureReader {
    /// A frame as the file has it.
    public struct Frame {
        /// Nanoseconds since 1970.
        public let time: UInt64
        /// Bytes that the frame had on the wire; more than `bytes.count` when the capture cut it.
        public let wireLength: Int
        /// Valid until the next frame is read.
        public let bytes: UnsafeRawBufferPointer
    }

    private let path: String
    private let handle: OpaquePointer?
    private let byteCount: Int
    private var frameCount = 0
    /// Frames between two looks whether the reading is to go on.
    private static let framesPerLook = 1 << 16
    /// Set once the file ended in the middle of a frame.
    public private(set) var isTruncated = false

    /// Opens a regular file. A file of no bytes at all counts as a capture of no frames.
    /// - Throws: `CaptureError` when it cannot be read, is no capture, or has another link type than
    ///   Ethernet.
    public init(path: String) throws(CaptureError) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CaptureError(.unreadable, path, String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw CaptureError(.unreadable, path, "is a directory; name a capture in it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CaptureError(
                .unreadable, path, "not a regular file; a capture is read twice, so pipes do not do"
            )
        }
        byteCount = Int(status.st_size)
        guard status.st_size > 0 else {
            handle = nil
            return
        }
        // libpcap reports an unreadable file and a malformed one alike.
        guard access(path, R_OK) == 0 else {
            throw CaptureError(.unreadable, path, String(cString: strerror(errno)))
        }
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard
            let handle = pcap_open_offline_with_tstamp_precision(
                path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
        else {
            throw CaptureError(
                .malformed, path, "not a pcap or pcapng capture (\(text(message)))")
        }
        self.handle = handle
        let linkType = pcap_datalink(handle)
        guard linkType == DLT_EN10MB else {
            let name = pcap_datalink_val_to_name(linkType).map { String(cString: $0) }
            throw CaptureError(
                .malformed, path,
                "link type \(name ?? String(linkType)) instead of Ethernet (EN10MB); "
                    + "capture on an Ethernet interface, not on \"any\"")
        }
    }

    deinit {
        if let handle { pcap_close(handle) }
    }

    /// The next frame; nil at the end of the file.
    /// - Throws: `CaptureError` when what follows is no frame, or `watch` wants no more.
    public func next(watch: CaptureWatch = { _ in true }) throws(CaptureError) -> Frame? {
        guard let handle, !isTruncated else { return nil }
        frameCount += 1
        if frameCount % Self.framesPerLook == 0 {
            let progress = CaptureProgress(
                path: path, readBytes: max(0, ftell(pcap_file(handle))), totalBytes: byteCount)
            guard watch(progress) else { throw CaptureError(.interrupted, path, "interrupted") }
        }
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &bytes) {
        case 1:
            guard let header, let bytes else { return nil }
            return Frame(
                time: nanoseconds(header.pointee.ts),
                wireLength: Int(header.pointee.len),
                bytes: UnsafeRawBufferPointer(start: bytes, count: Int(header.pointee.caplen)))
        case PCAP_ERROR_BREAK:
            return nil
        default:
            let message = String(cString: pcap_geterr(handle))
            guard message.hasPrefix("truncated") else {
                throw CaptureError(.malformed, path, message)
            }
            isTruncated = true
            return nil
        }
    }
}

/// A pcap file has 32 bits for the seconds, which libpcap reads as signed: from 2038 on they come
/// out negative.
private func nanoseconds(_ time: timeval) -> UInt64 {
    let seconds =
        time.tv_sec < 0 ? UInt64(UInt32(truncatingIfNeeded: time.tv_sec)) : UInt64(time.tv_sec)
    return seconds &* 1_000_000_000 &+ UInt64(max(0, time.tv_usec))
}

private func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
