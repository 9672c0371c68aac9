// SPDX-License-Identifier: Apache-2.0

import CZlib
import Glibc

/// Unpacks gzip files (RFC 1952): one member after another, zeros between and behind them. zlib's own `gzread` takes
/// whatever follows the first member, if it is none, for nothing.
enum GzipMembers {
    /// As `Compression.unpack`.
    static func unpack(
        _ source: String, _ name: String, into spool: SpoolFile, watch: CaptureWatch
    ) throws(CaptureError) -> Bool {
        guard let file = FileBytes(path: source) else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        // 16 asks for gzip's header and checksum.
        guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
            throw CaptureError(.unreadable, name, "no memory to unpack it")
        }
        defer { inflateEnd(&stream) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var isInMember = true
        while file.remaining > 0 {
            guard let piece = file.take(min(file.remaining, 1 << 17)) else {
                throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
            }
            stream.next_in = UnsafeMutablePointer(
                mutating: piece.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(piece.count)
            var isFull = false
            // A full buffer may have been too small; behind the end of a member nothing waits.
            while stream.avail_in > 0 || isFull && isInMember {
                if !isInMember {
                    if stream.next_in.pointee == 0 {
                        stream.next_in += 1
                        stream.avail_in -= 1
                        continue
                    }
                    inflateReset(&stream)
                    isInMember = true
                }
                let count = try step(&stream, buffer, &isInMember, name, spool.byteCount)
                isFull = count == buffer.count
                if spool.byteCount == 0 { try CaptureMagic.require(buffer.prefix(count), name) }
                try spool.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            let progress = CaptureProgress(
                path: name, readBytes: file.offset, totalBytes: file.byteCount)
            guard watch(progress) else { throw CaptureError(.interrupted, name, "interrupted") }
        }
        return isInMember
    }

    /// Unpacks as much as the buffer holds.
    /// - Returns: how many bytes that are.
    private static func step(
        _ stream: inout z_stream, _ buffer: UnsafeMutableRawBufferPointer,
        _ isInMember: inout Bool, _ name: String, _ before: Int
    ) throws(CaptureError) -> Int {
        stream.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(buffer.count)
        let code = inflate(&stream, Z_NO_FLUSH)
        switch code {
        case Z_STREAM_END: isInMember = false
        // The second says that there is nothing to do until more comes in.
        case Z_OK, Z_BUF_ERROR: break
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "error \(code)"
            throw CaptureError(
                .malformed, name,
                "damaged gzip data behind \(before) bytes of the capture (\(reason)); \"gzip -t\" says "
                    + "whether the file is whole")
        }
        return buffer.count - Int(stream.avail_out)
    }
}
