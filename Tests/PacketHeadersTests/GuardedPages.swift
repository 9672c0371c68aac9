// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two pages of which the second may not be touched: a load beyond bytes that end with the first
/// page kills the test process, in release builds too.
final class GuardedPages {
    private let base: UnsafeMutableRawPointer
    private let pageSize: Int

    init() {
        pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        let memory = mmap(
            nil, 2 * pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for two pages") }
        base = memory
        precondition(mprotect(base + pageSize, pageSize, PROT_NONE) == 0, "cannot protect a page")
    }

    deinit { munmap(base, 2 * pageSize) }

    /// Copies the bytes to the end of the first page. The next call overwrites them.
    func place(_ bytes: [UInt8]) -> MutableFrameBytes {
        precondition(bytes.count <= pageSize, "more bytes than a page")
        let start = base + pageSize - bytes.count
        bytes.withUnsafeBytes { source in
            if let address = source.baseAddress {
                start.copyMemory(from: address, byteCount: bytes.count)
            }
        }
        return MutableFrameBytes(start, count: bytes.count)
    }
}
