// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration

/// DPDK's environment with the packet pools of a plan: one pool on each NUMA node that has workers.
struct PacketEnvironment {
    let pools: [Int: Mempool]
    let plan: Plan

    /// Starts EAL and creates the pools.
    static func start(_ plan: Plan) throws(ForwarderError) -> PacketEnvironment {
        let megabytes = plan.memory.megabytes
        do throws(DPDKError) {
            try EAL.start(
                EAL.Options(
                    lcores: plan.lcores, pages: plan.memory.pages == .huge ? .huge : .ordinary,
                    megabytes: megabytes, usesPCI: plan.hasCard))
            var pools: [Int: Mempool] = [:]
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
            throw ForwarderError(error, remedy: Self.remedy(plan, megabytes))
        }
    }

    private static func remedy(_ plan: Plan, _ megabytes: Int) -> String {
        switch plan.memory.pages {
        case .huge:
            "\(megabytes) MB of huge pages are needed: reserve them with hugepages-setup.sh, or set "
                + "memory.pages: ordinary"
        case .ordinary:
            "\(megabytes) MB are needed: free memory, raise the limit of the process, or lower "
                + "memory.routes and workers"
        }
    }

    /// The pool nearest to a port.
    func pool(for port: Port) -> Mempool {
        let near = port.numaNode.flatMap { pools[Int($0)] }
        return near ?? pools[plan.memory.poolNodes[0]]!
    }

    /// Ends EAL. Ports must be closed and pools unused.
    func stop() {
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
