// SPDX-License-Identifier: Apache-2.0

import CPcap
import Glibc

/// Writes Ethernet frames to a pcap file with nanosecond timestamps. Wraps libpcap's dump. One thread.
///
/// The frames go to a file beside the path, which takes its place with `publish()` once `flush()` has
/// written all of them: a run that fails leaves no half-written capture.
public final class CaptureWriter {
    public let path: String
    private let file: OutputFile
    private let handle: OpaquePointer
    private let dump: OpaquePointer
    private var isPublished = false
    public private(set) var frameCount = 0

    private static let longestFrame: Int32 = 262_144

    /// - Throws: `CaptureError` when the file cannot be created.
    public init(path: String) throws(CaptureError) {
        self.path = path
        file = try OutputFile(path: path)
        guard
            let handle = pcap_open_dead_with_tstamp_precision(
                DLT_EN10MB, Self.longestFrame, UInt32(PCAP_TSTAMP_PRECISION_NANO))
        else { throw CaptureError(.unwritable, path, "libpcap has no memory") }
        guard let dump = pcap_dump_open(handle, file.writtenPath) else {
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
        try file.publish()
        isPublished = true
    }

    deinit {
        pcap_dump_close(dump)
        pcap_close(handle)
        if !isPublished { file.discard() }
    }
}
