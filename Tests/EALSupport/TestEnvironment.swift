// SPDX-License-Identifier: Apache-2.0

public import DPDK
import Glibc
import Synchronization

/// DPDK's environment for all tests of the process: it starts once, on first use.
public enum TestEnvironment {
    /// Lcores beside the main one. They float over the CPUs that the process may use.
    public static let workerCount = 8

    /// The memory that the environment takes: ordinary pages.
    public static let megabytes = 768
    /// What it takes beside that for packed pools and tables.
    public static let heapMegabytes = 384

    private static let result: Result<Mempool, DPDKError> = Result { () throws(DPDKError) in
        let cpus = AllowedCPUs.list
        try EAL.start(
            EAL.Options(
                lcores: "0@(\(cpus)),(1-\(workerCount))@(\(cpus))", pages: .ordinary,
                megabytes: megabytes, heapMegabytes: heapMegabytes,
                filePrefix: "freeway-test-\(getpid())"))
        return try Mempool(
            name: "test-frames", mbufs: mbufs, dataRoom: Mempool.headroom + dataByteCount, cache: 0,
            numaNode: nil, packing: .packed)
    }

    /// Buffers of the common pool. It has no caches, so that its counts are exact.
    public static let mbufs = 8192
    /// Bytes of a frame that a buffer of the common pool holds.
    public static let dataByteCount = 2048

    /// The pool that tests without wishes of their own take buffers from.
    public static var pool: Mempool {
        get throws { try result.get() }
    }

    public static func lcores(_ count: Int) -> [Lcore] {
        (1...count).map { Lcore(index: UInt32($0)) }
    }

    private static let counter = Atomic(0)

    /// A name that no other object of DPDK has.
    public static func uniqueName(_ kind: String) -> String {
        "\(kind)\(counter.wrappingAdd(1, ordering: .relaxed).newValue)"
    }
}

extension Result {
    fileprivate init(_ body: () throws(Failure) -> Success) {
        do throws(Failure) {
            self = .success(try body())
        } catch {
            self = .failure(error)
        }
    }
}
