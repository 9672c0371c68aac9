// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A capture that comes through a pipe, a socket or a device: it can be read once.
struct CaptureStream: ~Copyable {
    private let name: String
    private let descriptor: Int32

    /// How often a wait looks whether it is to end, in milliseconds.
    private static let lookInterval: Int32 = 100

    /// - Throws: `CaptureError` when it cannot be opened, or is a terminal.
    init(_ path: String, _ name: String) throws(CaptureError) {
        // Opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        guard isatty(descriptor) == 0 else {
            close(descriptor)
            throw CaptureError(
                .unreadable, name, "is a terminal; pipe a capture into it, as with tcpdump -w -")
        }
        self.name = name
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Reads it to its end.
    /// - Returns: a file with all that came.
    func copy(
        limit: SpoolFile.Limit?, watch: CaptureWatch
    ) throws(CaptureError) -> SpoolFile {
        let spool = try SpoolFile(for: name, limit: limit)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        var head: [UInt8] = []
        while true {
            let progress = CaptureProgress(path: name, readBytes: spool.byteCount, totalBytes: 0)
            guard watch(progress) else { throw CaptureError(.interrupted, name, "interrupted") }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.lookInterval) != 0 else { continue }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else {
                throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
            }
            guard count > 0 else { break }
            if head.count < 4 {
                head += buffer.prefix(min(count, 4 - head.count))
                if Compression(head) == nil { try CaptureMagic.require(head, name) }
            }
            try spool.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try spool.flush()
        return spool
    }
}
