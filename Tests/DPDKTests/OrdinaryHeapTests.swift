// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import Testing

/// Ordinary memory: the kernel is asked to put what the data plane reads on pages of 2 MB.
@Suite(.usesEAL) struct OrdinaryHeapTests {
    private static let knowsHugepages =
        FileManager.default.fileExists(atPath: "/sys/kernel/mm/transparent_hugepage/enabled")

    @Test(.enabled(if: knowsHugepages, "the kernel knows no transparent huge pages"))
    func givenAPackedPoolTheKernelIsAskedForLargePagesUnderItsBuffers() throws {
        let pool = try TestEnvironment.pool
        var burst = Burst()
        #expect([1, 2, 3].withUnsafeBytes { burst.append(frame: $0, from: pool) })
        let flags = try #require(try Self.flags(of: UInt(bitPattern: burst[0].data)))
        // proc_pid_smaps(5): hg, the mapping was advised to use huge pages.
        #expect(flags.contains("hg"), "\(flags)")
    }

    /// DMA needs memory whose place devices know, which DPDK itself took.
    @Test func givenAContiguousPoolItLiesInTheMemoryThatDPDKTook() throws {
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("pool"), mbufs: 31, dataRoom: 2176, cache: 0,
            numaNode: nil, packing: .contiguous)
        defer { pool.free() }
        var burst = Burst()
        #expect([1, 2, 3].withUnsafeBytes { burst.append(frame: $0, from: pool) })
        let flags = try #require(try Self.flags(of: UInt(bitPattern: burst[0].data)))
        // Shared: the file in memory that rte_eal_init maps.
        #expect(flags.contains("sh"), "\(flags)")
    }

    /// The kernel's flags of the mapping that holds an address.
    private static func flags(of address: UInt) throws -> [Substring]? {
        // In pieces, as the kernel gives it.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        var isIt = false
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2 { isIt = ends[0] <= address && address < ends[1] }
            if isIt, words[0] == "VmFlags:" { return Array(words.dropFirst()) }
        }
        return nil
    }
}
