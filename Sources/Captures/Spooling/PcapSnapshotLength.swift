// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The longest frame that the header of a pcap file speaks of. libpcap cuts frames that are longer, though the file
/// has them whole, as programs that write a short length and whole frames leave it.
enum PcapSnapshotLength {
    /// What libpcap takes at most, and cuts nothing at.
    private static let most: UInt32 = 262_144

    /// Whether a frame is longer than the header says. False for what is no usual pcap file.
    static func isExceeded(in bytes: FileBytes) -> Bool {
        guard let isSwapped = order(bytes.take(24)), let length = isSwapped.length,
            (1..<most).contains(length)
        else { return false }
        while let record = bytes.take(16) {
            let number = record.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
            let kept = isSwapped.swapped ? number.byteSwapped : number
            if kept > length { return kept <= most }
            guard Int(kept) <= bytes.remaining else { return false }
            bytes.skip(Int(kept))
        }
        return false
    }

    /// Copies the file with a header that lets all frames be.
    static func copy(
        _ bytes: FileBytes, _ name: String, into spool: SpoolFile, watch: CaptureWatch
    ) throws(CaptureError) {
        var header = bytes.take(24).map { Array($0) } ?? []
        let isSwapped = header.withUnsafeBytes { order($0)?.swapped } ?? false
        let length = isSwapped ? most.byteSwapped : most
        withUnsafeBytes(of: length) { header.replaceSubrange(16..<20, with: $0) }
        try header.withUnsafeBytes { raw in
            Result { () throws(CaptureError) in try spool.add(raw) }
        }.get()
        while bytes.remaining > 0 {
            guard let piece = bytes.take(min(bytes.remaining, FileBytes.mostAtOnce)) else {
                throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
            }
            try spool.add(piece)
            let progress = CaptureProgress(
                path: name, readBytes: bytes.offset, totalBytes: bytes.byteCount)
            guard watch(progress) else { throw CaptureError(.interrupted, name, "interrupted") }
        }
        try spool.flush()
    }

    /// Whether a header's numbers are in the other byte order, and its length; nil for another kind of file.
    private static func order(
        _ header: UnsafeRawBufferPointer?
    ) -> (swapped: Bool, length: UInt32?)? {
        guard let header, header.count == 24 else { return nil }
        let magic = header.loadUnaligned(as: UInt32.self)
        let length = header.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
        return switch magic {
        case 0xa1b2_c3d4, 0xa1b2_3c4d: (false, length)
        case UInt32(0xa1b2_c3d4).byteSwapped, UInt32(0xa1b2_3c4d).byteSwapped:
            (true, length.byteSwapped)
        default: nil
        }
    }
}
