// SPDX-License-Identifier: Apache-2.0

import CPcap
import Glibc

/// Writes Ethernet frames to a pcap file with nanosecond timestamps. Wraps libpcap's dump. One thread.
///
/// The frames go to a file beside the path, which takes its place when `finish()` has written all of
/// them: a run that fails leaves no half-written capture. Where the path is a symbolic link, that is
/// the place that it leads to.
public final class CaptureWriter {
    public let path: String
    /// Where the capture is to be in the end.
    private let target: String
    private let temporaryPath: String
    private let handle: OpaquePointer
    private let dump: OpaquePointer
    private let isReplaced: Bool
    private var isFinished = false
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
        let target = exists ? resolved(path) : path
        self.target = target
        temporaryPath = isReplaced ? "\(target).\(getpid()).part" : path
        self.isReplaced = isReplaced
        guard
            let handle = pcap_open_dead_with_tstamp_precision(
                DLT_EN10MB, Self.longestFrame, UInt32(PCAP_TSTAMP_PRECISION_NANO))
        else { throw CaptureError(.unwritable, path, "libpcap has no memory") }
        guard let dump = pcap_dump_open(handle, temporaryPath) else {
            let reason = String(cString: strerror(errno))
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

    /// Writes what is buffered and puts the file in its place.
    public func finish() throws(CaptureError) {
        guard pcap_dump_flush(dump) == 0, !isReplaced || rename(temporaryPath, target) == 0 else {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
        isFinished = true
    }

    deinit {
        pcap_dump_close(dump)
        pcap_close(handle)
        if isReplaced, !isFinished { unlink(temporaryPath) }
    }
}

/// The path without symbolic links; the path itself where that cannot be told.
private func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}
