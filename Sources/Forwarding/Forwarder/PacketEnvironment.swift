// SPDX-License-Identifier: Apache-2.0

package import DPDK
package import FreewayConfiguration
import Glibc

/// DPDK's environment with the packet pools of a plan: one pool on each NUMA node that has workers.
package struct PacketEnvironment {
    package let pools: [Int: Mempool]
    package let plan: Plan
    /// Whether EAL and the pools are another's, who ends them.
    var isShared = false

    /// Starts EAL and creates the pools.
    package static func start(_ plan: Plan) throws(ForwarderError) -> PacketEnvironment {
        let megabytes = plan.memory.megabytes
        try checkSystemFolders(plan)
        try checkAddressSpace(plan)
        try checkMemory(plan)
        do throws(DPDKError) {
            try EAL.start(
                EAL.Options(
                    lcores: plan.lcores, pages: plan.memory.pages == .huge ? .huge : .ordinary,
                    megabytes: megabytes, heapMegabytes: plan.heapMegabytes,
                    usesPCI: plan.hasCard))
        } catch {
            throw ForwarderError(error, remedy: Self.remedy(plan, megabytes))
        }
        var pools: [Int: Mempool] = [:]
        do throws(DPDKError) {
            for node in plan.memory.poolNodes {
                pools[node] = try Mempool(
                    name: "packets-\(node)", mbufs: plan.memory.mbufs.count,
                    dataRoom: Mempool.headroom + plan.memory.mbufs.dataBytes,
                    cache: Plan.Mbufs.cache,
                    // Without huge pages there is one heap, on no node in particular.
                    numaNode: plan.memory.pages == .huge ? Int32(node) : nil,
                    packing: plan.packing)
            }
            return PacketEnvironment(pools: pools, plan: plan)
        } catch {
            for pool in pools.values { pool.free() }
            EAL.stop()
            throw ForwarderError(error, remedy: Self.remedy(plan, megabytes))
        }
    }

    private static func remedy(_ plan: Plan, _ megabytes: Int) -> String {
        if let limit = addressSpaceLimit {
            return
                "\(megabytes) MB are needed, and much more address space that is never used; this "
                + "process may have \(limit) MB: raise its limit (ulimit -v unlimited)"
        }
        return switch plan.memory.pages {
        case .huge:
            "\(megabytes) MB of huge pages are needed: reserve them with hugepages-setup.sh, or set "
                + "memory.pages: ordinary"
        case .ordinary:
            "\(megabytes) MB are needed: free memory, raise the limit of the process, or lower "
                + "memory.routes and workers"
        }
    }

    /// DPDK looks in `/sys` whether a CPU exists, and whether Linux has VFIO, and needs nothing else of it. Without
    /// the first it prints its whole help, as in a sandbox without `/sys`.
    private static func checkSystemFolders(_ plan: Plan) throws(ForwarderError) {
        let (processors, modules) = ("/sys/devices/system/cpu", "/sys/module")
        for folder in [processors, modules] where access(folder, F_OK) != 0 {
            throw ForwarderError(
                .memoryOrDevice,
                "\(folder) is missing; let the sandbox see \(processors) and \(modules), which may be empty "
                    + "(DPDK needs nothing else of /sys)")
        }
        let cpus = Set(([plan.control] + plan.workers).flatMap(\.cpus)).sorted()
        for cpu in cpus where access("\(processors)/cpu\(cpu)/topology/core_id", F_OK) != 0 {
            throw ForwarderError(
                .memoryOrDevice,
                "\(processors) has no CPU \(cpu), and DPDK uses no CPU that is not there")
        }
    }

    /// DPDK ends the process when it cannot make a thread, so what is sure to be too little is
    /// refused before: each lcore's thread has a stack of 8 MB, and the program itself has its share.
    private static func checkAddressSpace(_ plan: Plan) throws(ForwarderError) {
        let needed =
            350 + UInt(plan.memory.megabytes + plan.heapMegabytes) + 9 * UInt(plan.workers.count)
        guard let limit = addressSpaceLimit, limit < needed else { return }
        throw ForwarderError(
            .memoryOrDevice,
            "this process may have \(limit) MB of address space, and needs \(needed) MB or more; "
                + "raise its limit (ulimit -v unlimited)")
    }

    /// Linux kills a process that goes beyond its control group's limit, at the first touch of a page and
    /// without a word.
    private static func checkMemory(_ plan: Plan) throws(ForwarderError) {
        guard plan.memory.pages == .ordinary,
            let shortage = AvailableMemory()?.shortage(of: plan.memory.megabytes)
        else { return }
        throw ForwarderError(
            .memoryOrDevice,
            "\(plan.path): memory: \(shortage), or lower memory.routes and workers")
    }

    /// In MB; nil when the process may use any amount.
    private static var addressSpaceLimit: UInt? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
            limit.rlim_cur != rlim_t.max
        else { return nil }
        return UInt(limit.rlim_cur) >> 20
    }

    /// The pool nearest to a port.
    func pool(for port: Port) -> Mempool {
        let near = port.numaNode.flatMap { pools[Int($0)] }
        return near ?? pools[plan.memory.poolNodes[0]]!
    }

    /// Ends EAL. Ports must be closed and pools unused.
    package func stop() {
        guard !isShared else { return }
        for pool in pools.values { pool.free() }
        EAL.stop()
    }
}

extension Plan {
    /// A card moves frames by DMA and must have each buffer in one piece.
    var packing: Mempool.Packing {
        memory.pages == .ordinary && !hasCard ? .packed : .contiguous
    }

    /// The node where tables for all workers are wanted; nil without huge pages, where there is one heap, on no
    /// node in particular.
    var tableNode: Int32? { memory.pages == .huge ? Int32(memory.tableNode) : nil }

    /// What packed pools and tables take on ordinary pages, with 6 MB for what DPDK writes between them. It is
    /// part of the bill, of which the rest is for what DPDK and the program take otherwise.
    var heapMegabytes: Int {
        guard memory.pages == .ordinary else { return 0 }
        let bytes =
            (packing == .packed ? memory.poolBytes : 0) + (memory.fib?.bytes ?? 0)
            + (memory.ipv6Fib?.bytes ?? 0)
        return bytes == 0 ? 0 : (bytes >> 20) + 6
    }

    /// Whether any port is a network card.
    var hasCard: Bool {
        purpose == .run
            && ports.contains {
                if case .pci = $0.device { true } else { false }
            }
    }
}
