// SPDX-License-Identifier: Apache-2.0

import CZlib
import Glibc

/// How a capture is compressed.
enum Compression {
    case gzip, zstd

    /// By the file's first bytes; nil when they are of neither.
    init?(_ head: some Collection<UInt8>) {
        if head.prefix(2).elementsEqual([0x1f, 0x8b]) {
            self = .gzip
        } else if head.prefix(4).elementsEqual([0x28, 0xb5, 0x2f, 0xfd])
            || head.count >= 4 && (0x50...0x5f).contains(head.first!)
                && head.dropFirst().prefix(3).elementsEqual([0x2a, 0x4d, 0x18])
        {
            // A frame to be skipped (RFC 8878, 3.1.2), with which pzstd begins.
            self = .zstd
        } else {
            return nil
        }
    }

    /// Writes what a file holds.
    /// - Parameters:
    ///   - source: the compressed file.
    ///   - name: what messages call it.
    /// - Returns: whether its data ends too early; then all before that is written.
    /// - Throws: `CaptureError` for damaged data, for what is no capture, and when there is no room.
    func unpack(
        _ source: String, _ name: String, into spool: SpoolFile, watch: CaptureWatch
    ) throws(CaptureError) -> Bool {
        switch self {
        case .gzip: try GzipMembers.unpack(source, name, into: spool, watch: watch)
        case .zstd: try ZstdLibrary.unpack(source, name, into: spool, watch: watch)
        }
    }
}
