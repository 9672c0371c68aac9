// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Finds the longest prefix of each destination, and with it the next hop; drops where the route
/// says so.
enum Route {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        guard let fib = worker.snapshot.pointee.fib else {
            return worker.dropAll(by: .route, because: .noRoute, &observer)
        }
        let values = worker.metadata.nextHops
        fib.lookUp(worker.metadata.destinations, count: worker.burst.count, into: values)

        let nextHops = worker.snapshot.pointee.nextHops
        let members = worker.snapshot.pointee.members
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, index, position in
            let group = Int(truncatingIfNeeded: values[index])
            var chosen = GroupMember(nextHop: group)
            if nextHops[group].kind == .group {
                chosen = member(of: nextHops[group], members, mbuf)
            }
            let nextHop = nextHops + chosen.nextHop
            observer.routed(
                mbuf, RouteChoice(group: group, chosen: chosen, entry: nextHop.pointee))
            guard nextHop.pointee.kind != .drop else {
                tallies.drop(mbuf, by: .route, because: nextHop.pointee.reason)
                observer.dropped(mbuf, by: .route, because: nextHop.pointee.reason)
                return false
            }
            values[position] = UInt64(truncatingIfNeeded: chosen.nextHop)
            return true
        }
    }

    /// The same flow gets the same member, on every worker and after every start.
    private static func member(
        of group: NextHop, _ members: UnsafeMutablePointer<UInt16>, _ mbuf: MbufReference
    ) -> GroupMember {
        let hash = FlowHash.ofIPv4(mbuf.data + 14, count: mbuf.dataLength &- 14)
        let slot = GroupMember.slot(of: hash, among: Int(group.memberCount))
        return GroupMember(
            nextHop: Int(members[Int(group.firstMember) &+ slot]), flowHash: hash,
            slot: slot, slotCount: Int(group.memberCount))
    }
}
