// SPDX-License-Identifier: Apache-2.0

import CPcap
import Glibc

/// Writes Ethernet frames to a pcap file with nanosecond timestamps. Wraps libpcap's dump. One thread.
///
/// The frames go to a file beside the path, which takes its place with `publish()` once `flush()` has
/// written all of them: a run that fails leaves no half-written capture.
public final class CaptureWriter {
    public let path: String
    /// Where the path leads: a symbolic link stays, and the file that it names is replaced.
    private let target: String
    private let temporaryPath: String
    private let handle: OpaquePointer
    private let dump: OpaquePointer
    private let isReplaced: Bool
    private var isPublished = false
    public private(set) var frameCount = 0

    private static let longestFrame: Int32 = 262_144

    /// - Throws: `CaptureError` when the file cannot be created.
    public init(path: String) throws(CaptureError) {
        self.path = path
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw CaptureError(.unwritable, path, "is a directory")
        }
        // A device such as /dev/null or a pipe is written to, never replaced.
        let isReplaced = !exists || status.st_mode & S_IFMT == S_IFREG
        target = isReplaced ? Self.followed(path) : path
        temporaryPath = isReplaced ? "\(target).\(getpid()).part" : path
        self.isReplaced = isReplaced
        guard
            let handle = pcap_open_dead_with_tstamp_precision(
                DLT_EN10MB, Self.longestFrame, UInt32(PCAP_TSTAMP_PRECISION_NANO))
        else { throw CaptureError(.unwritable, path, "libpcap has no memory") }
        guard let dump = pcap_dump_open(handle, temporaryPath) else {
            let reason = "cannot be created: \(String(cString: strerror(errno)))"
            pcap_close(handle)
            throw CaptureError(.unwritable, path, reason)
        }
        self.handle = handle
        self.dump = dump
    }

    /// Adds a frame.
    /// - Parameter time: nanoseconds since 1970.
    public func write(_ bytes: UnsafeRawBufferPointer, time: UInt64) throws(CaptureError) {
        var header = pcap_pkthdr()
        header.ts.tv_sec = Int(time / 1_000_000_000)
        header.ts.tv_usec = Int(time % 1_000_000_000)
        header.caplen = UInt32(bytes.count)
        header.len = UInt32(bytes.count)
        pcap_dump(
            UnsafeMutableRawPointer(dump).assumingMemoryBound(to: UInt8.self), &header,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        // libpcap says nothing when the disk is full.
        if ferror(pcap_dump_file(dump)) != 0 {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
        frameCount += 1
    }

    /// Writes what is buffered.
    public func flush() throws(CaptureError) {
        guard pcap_dump_flush(dump) == 0 else {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
    }

    /// Puts the file in its place.
    public func publish() throws(CaptureError) {
        guard !isReplaced || rename(temporaryPath, target) == 0 else {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
        isPublished = true
    }

    /// The end of a chain of symbolic links, which need not exist; the path itself when it is none.
    private static func followed(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            var name = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(path, &name, name.count)
            guard count > 0 else { break }
            let next = String(decoding: name.prefix(count), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = next.hasPrefix("/") ? next : folder + next
        }
        return path
    }

    deinit {
        pcap_dump_close(dump)
        pcap_close(handle)
        if isReplaced, !isPublished { unlink(temporaryPath) }
    }
}
