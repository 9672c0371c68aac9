// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration
import Glibc

/// DPDK's environment with the packet pools of a plan: one pool on each NUMA node that has workers.
struct PacketEnvironment {
    let pools: [Int: Mempool]
    let plan: Plan
    /// Whether EAL and the pools are another's, who ends them.
    var isShared = false

    /// Starts EAL and creates the pools.
    static func start(_ plan: Plan) throws(ForwarderError) -> PacketEnvironment {
        let megabytes = plan.memory.megabytes
        try checkAddressSpace(plan)
        do throws(DPDKError) {
            try EAL.start(
                EAL.Options(
                    lcores: plan.lcores, pages: plan.memory.pages == .huge ? .huge : .ordinary,
                    megabytes: megabytes, usesPCI: plan.hasCard))
        } catch {
            throw ForwarderError(error, remedy: Self.remedy(plan, megabytes))
        }
        var pools: [Int: Mempool] = [:]
        do throws(DPDKError) {
            for node in plan.memory.poolNodes {
                // A card moves frames by DMA and must have each buffer in one piece.
                let packing: Mempool.Packing =
                    plan.memory.pages == .ordinary && !plan.hasCard ? .packed : .contiguous
                pools[node] = try Mempool(
                    name: "packets-\(node)", mbufs: plan.memory.mbufs.count,
                    dataRoom: Mempool.headroom + plan.memory.mbufs.dataBytes,
                    cache: Plan.Mbufs.cache,
                    // Without huge pages there is one heap, on no node in particular.
                    numaNode: plan.memory.pages == .huge ? Int32(node) : nil, packing: packing)
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

    /// DPDK ends the process when it cannot make a thread, so what is sure to be too little is
    /// refused before: each lcore's thread has a stack of 8 MB, and the program itself has its share.
    private static func checkAddressSpace(_ plan: Plan) throws(ForwarderError) {
        let needed = 350 + 2 * UInt(plan.memory.megabytes) + 9 * UInt(plan.workers.count)
        guard let limit = addressSpaceLimit, limit < needed else { return }
        throw ForwarderError(
            .memoryOrDevice,
            "this process may have \(limit) MB of address space, and needs \(needed) MB or more; "
                + "raise its limit (ulimit -v unlimited)")
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
    func stop() {
        guard !isShared else { return }
        for pool in pools.values { pool.free() }
        EAL.stop()
    }
}

extension Plan {
    /// Whether any port is a network card.
    var hasCard: Bool {
        purpose == .run
            && ports.contains {
                if case .pci = $0.device { true } else { false }
            }
    }
}
