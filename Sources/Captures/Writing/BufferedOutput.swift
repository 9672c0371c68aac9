// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Writes a file from its beginning to its end, with a buffer, and tells of every fault: libpcap's dump goes
/// through stdio, which keeps some to itself. One thread.
///
/// What is written takes its place with `publish()`; until then it is in the file of an ``OutputFile``.
final class BufferedOutput {
    /// What messages call it.
    let path: String
    /// Nil for standard output.
    private let file: OutputFile?
    private var descriptor: Int32
    private let isInterrupted: () -> Bool
    private var buffer: [UInt8] = []
    private var isPublished = false

    private static let bufferBytes = 1 << 16
    /// How often a wait for the reader of a pipe looks whether it is to end, in milliseconds.
    private static let lookInterval: Int32 = 100

    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - isInterrupted: asked while a pipe has no reader, or one that does not read; once it says so,
    ///     the wait ends with an error.
    /// - Throws: `CaptureError` when the file cannot be created.
    init(path: String, isInterrupted: @escaping () -> Bool = { false }) throws(CaptureError) {
        self.path = path == "-" ? CaptureError.standardOutput : path
        self.isInterrupted = isInterrupted
        guard path != "-" else {
            file = nil
            descriptor = STDOUT_FILENO
            return
        }
        let file = try OutputFile(path: path)
        self.file = file
        descriptor = -1
        while true {
            // A pipe without a reader would keep `open` waiting, whatever signal comes.
            descriptor = open(
                file.writtenPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o666)
            if descriptor >= 0 { return }
            guard errno == ENXIO || errno == EINTR else {
                throw CaptureError(
                    .unwritable, path, "cannot be created: \(String(cString: strerror(errno)))")
            }
            poll(nil, 0, Self.lookInterval)
            if isInterrupted() { throw Self.interrupted(path) }
        }
    }

    func add(_ bytes: some Sequence<UInt8>) { buffer += bytes }

    func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { buffer += $0 }
    }

    /// Writes the buffer when it is full. Call it between records, so that a file ends with a whole one.
    func endRecord() throws(CaptureError) {
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes what is buffered.
    func flush() throws(CaptureError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count > 0 {
                written += count
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN else {
                throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
            }
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&room, 1, Self.lookInterval)
            if isInterrupted() { throw Self.interrupted(path) }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the rest and puts the file in its place.
    func publish() throws(CaptureError) {
        try flush()
        guard let file else { return }
        // Some file systems tell only now that there is no room.
        let status = close(descriptor)
        descriptor = -1
        guard status == 0 || errno == EINTR else {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
        try file.publish()
        isPublished = true
    }

    private static func interrupted(_ path: String) -> CaptureError {
        CaptureError(.interrupted, path, "interrupted while nobody read it")
    }

    deinit {
        guard let file else { return }
        if descriptor >= 0 { close(descriptor) }
        if !isPublished { file.discard() }
    }
}
