// SPDX-License-Identifier: Apache-2.0

import Glibc

/// libzstd, taken from the machine when a capture needs it: Debian has it on every machine, and a build needs no
/// package for it.
enum ZstdLibrary {
    /// `ZSTD_inBuffer` and `ZSTD_outBuffer`.
    private struct Window {
        var start: UnsafeMutableRawPointer?
        var size: Int
        var position: Int
    }

    private struct Functions: Sendable {
        let create: @convention(c) () -> OpaquePointer?
        let free: @convention(c) (OpaquePointer?) -> Int
        let decompress:
            @convention(c) (OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int
        let isError: @convention(c) (Int) -> UInt32
        let errorName: @convention(c) (Int) -> UnsafePointer<CChar>?

        init?() {
            guard let library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL),
                let create = dlsym(library, "ZSTD_createDStream"),
                let free = dlsym(library, "ZSTD_freeDStream"),
                let decompress = dlsym(library, "ZSTD_decompressStream"),
                let isError = dlsym(library, "ZSTD_isError"),
                let errorName = dlsym(library, "ZSTD_getErrorName")
            else { return nil }
            self.create = unsafeBitCast(create, to: (@convention(c) () -> OpaquePointer?).self)
            self.free = unsafeBitCast(free, to: (@convention(c) (OpaquePointer?) -> Int).self)
            self.decompress = unsafeBitCast(
                decompress,
                to: (@convention(c) (
                    OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer
                ) -> Int).self)
            self.isError = unsafeBitCast(isError, to: (@convention(c) (Int) -> UInt32).self)
            self.errorName = unsafeBitCast(
                errorName, to: (@convention(c) (Int) -> UnsafePointer<CChar>?).self)
        }
    }

    private static let functions = Functions()

    /// As `Compression.unpack`.
    static func unpack(
        _ source: String, _ name: String, into spool: SpoolFile, watch: CaptureWatch
    ) throws(CaptureError) -> Bool {
        guard let zstd = functions, let stream = zstd.create() else {
            throw CaptureError(
                .unreadable, name,
                "compressed with zstd, and libzstd.so.1 is not on this machine; install the package "
                    + "libzstd1, or unpack the file elsewhere with unzstd")
        }
        defer { _ = zstd.free(stream) }
        guard let file = FileBytes(path: source) else {
            throw CaptureError(.unreadable, name, String(cString: strerror(errno)))
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        /// What is left of a frame of zstd: 0 where one ended.
        var expected = 0
        while file.remaining > 0 {
            guard let bytes = file.take(min(file.remaining, 1 << 17)) else {
                throw CaptureError(.unreadable, name, "became shorter while it was read")
            }
            var input = Window(
                start: UnsafeMutableRawPointer(mutating: bytes.baseAddress), size: bytes.count,
                position: 0)
            var isFull = false
            while input.position < input.size || isFull {
                var output = Window(start: buffer.baseAddress, size: buffer.count, position: 0)
                expected = zstd.decompress(stream, &output, &input)
                guard zstd.isError(expected) == 0 else {
                    let reason = zstd.errorName(expected).map { String(cString: $0) } ?? "unknown"
                    throw CaptureError(
                        .malformed, name,
                        "damaged zstd data behind \(spool.byteCount) bytes of the capture "
                            + "(\(reason)); \"zstd -t\" says whether the file is whole")
                }
                if spool.byteCount == 0 {
                    try CaptureMagic.require(buffer.prefix(output.position), name)
                }
                try spool.add(UnsafeRawBufferPointer(rebasing: buffer[..<output.position]))
                isFull = output.position == output.size && expected != 0
            }
            let progress = CaptureProgress(
                path: name, readBytes: file.offset, totalBytes: file.byteCount)
            guard watch(progress) else { throw CaptureError(.interrupted, name, "interrupted") }
        }
        return expected != 0
    }
}
