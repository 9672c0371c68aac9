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
        } else if head.prefix(4).elementsEqual([0x28, 0xb5, 0x2f, 0xfd]) {
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
        case .gzip: try unpackGzip(source, name, into: spool, watch: watch)
        case .zstd: try ZstdLibrary.unpack(source, name, into: spool, watch: watch)
        }
    }

    private func unpackGzip(
        _ source: String, _ name: String, into spool: SpoolFile, watch: CaptureWatch
    ) throws(CaptureError) -> Bool {
        var status = stat()
        guard stat(source, &status) == 0, let file = gzopen(source, "rb") else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        defer { gzclose_r(file) }
        gzbuffer(file, 1 << 17)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = gzread(file, buffer.baseAddress, UInt32(buffer.count))
            var code: Int32 = 0
            let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
            guard count >= 0 else {
                throw CaptureError(
                    .malformed, name,
                    "damaged gzip data behind \(spool.byteCount) bytes of the capture "
                        + "(\(Self.reason(message, code))); \"gzip -t\" says whether the file is whole"
                )
            }
            if spool.byteCount == 0 { try CaptureMagic.require(buffer.prefix(Int(count)), name) }
            try spool.add(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
            if count == 0 { return code == Z_BUF_ERROR }
            let progress = CaptureProgress(
                path: name, readBytes: Int(gzoffset(file)), totalBytes: Int(status.st_size))
            guard watch(progress) else { throw CaptureError(.interrupted, name, "interrupted") }
        }
    }

    /// zlib puts the path in front of what it says.
    private static func reason(_ message: String, _ code: Int32) -> String {
        guard code != Z_ERRNO else { return String(cString: strerror(errno)) }
        return message.split(separator: ": ").last.map(String.init) ?? "error \(code)"
    }
}
