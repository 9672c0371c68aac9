// SPDX-License-Identifier: Apache-2.0

import CPcap
import Glibc

/// Reads a pcap file of any kind (microseconds, nanoseconds, either byte order). Wraps libpcap's offline
/// reading. One thread.
final class PcapReader {
    private let path: String
    private let handle: OpaquePointer
    private(set) var isTruncated = false
    /// What is wrong with any frame that there is: a file without frames may have any link type.
    private let foreignType: String?

    /// - Parameters:
    ///   - path: what messages call the file.
    ///   - readPath: where it is read.
    /// - Throws: `CaptureError` when it is no capture.
    init(path: String, readPath: String) throws(CaptureError) {
        self.path = path
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard
            let handle = pcap_open_offline_with_tstamp_precision(
                readPath, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
        else {
            throw CaptureError(
                .malformed, path, "not a pcap or pcapng capture (\(text(message)))")
        }
        self.handle = handle
        let linkType = pcap_datalink(handle)
        foreignType =
            linkType == DLT_EN10MB
            ? nil
            : "link type \(LinkType.name(ofDLT: linkType)) instead of Ethernet (EN10MB); "
                + LinkType.remedy
    }

    deinit { pcap_close(handle) }

    /// Bytes of the file that were read.
    var readBytes: Int { max(0, ftell(pcap_file(handle))) }

    /// Whether libpcap is sure to read its frames as those of Ethernet.
    var isPlain: Bool { foreignType == nil }

    /// - Throws: `CaptureError` for a frame of another link type than Ethernet, and for what is no frame.
    func next() throws(CaptureError) -> CaptureReader.Frame? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &bytes) {
        case 1:
            if let foreignType { throw CaptureError(.malformed, path, foreignType) }
            guard let header, let bytes else { return nil }
            return CaptureReader.Frame(
                moment: moment(header.pointee.ts), wireLength: Int(header.pointee.len),
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

/// A pcap file has 32 bits for the seconds, which libpcap reads as signed: from 2038 on they come out
/// negative. A fraction of a second or more, which only a broken file has, counts as seconds.
private func moment(_ time: timeval) -> CaptureTime {
    let seconds = Int64(UInt32(truncatingIfNeeded: time.tv_sec))
    let fraction = max(0, Int64(time.tv_usec))
    return CaptureTime(
        seconds: seconds + fraction / 1_000_000_000,
        nanoseconds: UInt32(fraction % 1_000_000_000))
}

private func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
