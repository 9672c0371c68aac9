// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads a regular file from its beginning to the end that it had when it was opened, through a buffer.
/// One thread.
final class FileBytes {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    /// What of the buffer is read and not taken.
    private var held = 0..<0
    /// Where in the file the buffer's content ends.
    private var fileOffset = 0
    let byteCount: Int

    /// The most that can be taken at once.
    static let mostAtOnce = 1 << 19

    /// - Returns: nil, with `errno`, when the file cannot be opened.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        byteCount = Int(status.st_size)
        buffer = .allocate(byteCount: Self.mostAtOnce, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Where the next byte is.
    var offset: Int { fileOffset - held.count }
    /// Bytes from there to the end.
    var remaining: Int { max(0, byteCount - offset) }

    /// The next bytes, valid until something else is asked for; nil when there are fewer, or they cannot be
    /// read.
    func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= remaining, count <= Self.mostAtOnce else { return nil }
        while held.count < count {
            guard fill() else { return nil }
        }
        let start = held.lowerBound
        held = (start + count)..<held.upperBound
        return UnsafeRawBufferPointer(rebasing: buffer[start..<(start + count)])
    }

    /// Goes on behind some bytes, of which there must be as many.
    func skip(_ count: Int) {
        let buffered = min(count, held.count)
        held = (held.lowerBound + buffered)..<held.upperBound
        fileOffset += count - buffered
    }

    private func fill() -> Bool {
        if held.isEmpty {
            held = 0..<0
        } else if held.lowerBound > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
            held = 0..<held.count
        }
        while true {
            let count = pread(
                descriptor, buffer.baseAddress! + held.upperBound, buffer.count - held.upperBound,
                off_t(fileOffset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            held = held.lowerBound..<(held.upperBound + count)
            fileOffset += count
            return true
        }
    }
}
