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
        if !Observer.watchesFrames {
            let kinds = kinds(of: values, worker.burst.count, nextHops)
            worker.leavesByVLAN = NextHop.Kind.leaveByVLAN(union: kinds)
            if NextHop.Kind.haveAllPorts(union: kinds) { return }
        }
        let members = worker.snapshot.pointee.members
        let flowHash = worker.snapshot.pointee.flowHash
        var gone = BurstPositions()
        var kinds: UInt8 = 0
        for index in 0..<worker.burst.count {
            let group = Int(truncatingIfNeeded: values[index])
            var chosen = GroupMember(nextHop: group)
            if nextHops[group].kind == .group {
                chosen = member(
                    of: nextHops[group], members, flowHash, worker.burst[index],
                    worker.headerLength(at: index))
                values[index] = UInt64(truncatingIfNeeded: chosen.nextHop)
            }
            let nextHop = nextHops + chosen.nextHop
            kinds |= nextHop.pointee.kind.rawValue
            observer.noted(
                worker.burst[index], by: .route,
                StageNote(group: group, chosen, nextHop.pointee))
            if nextHop.pointee.kind == .drop {
                worker.drop(at: index, by: .route, because: nextHop.pointee.reason, &observer)
                gone.insert(index)
            }
        }
        worker.leavesByVLAN = NextHop.Kind.leaveByVLAN(union: kinds)
        worker.takeOut(gone)
    }

    /// The kinds of all entries in one: in nearly every burst no frame is dropped here, and none has several next hops.
    @inline(__always) private static func kinds(
        of values: UnsafeMutablePointer<UInt64>, _ count: Int,
        _ nextHops: UnsafeMutablePointer<NextHop>
    ) -> UInt8 {
        var kinds: UInt8 = 0
        var index = 0
        while index &+ 4 <= count {
            for offset in 0..<4 {
                kinds |= nextHops[Int(truncatingIfNeeded: values[index &+ offset])].kind.rawValue
            }
            index &+= 4
        }
        while index < count {
            kinds |= nextHops[Int(truncatingIfNeeded: values[index])].kind.rawValue
            index &+= 1
        }
        return kinds
    }

    /// The same flow gets the same member, on every worker and after every start.
    private static func member(
        of group: NextHop, _ members: UnsafeMutablePointer<UInt16>, _ flowHash: FlowHash,
        _ mbuf: MbufReference, _ start: Int
    ) -> GroupMember {
        let hash = flowHash.ofIPv4(mbuf.data + start, count: mbuf.dataLength &- start)
        let slot = RouteChoice.slot(of: hash, among: Int(group.memberCount))
        return GroupMember(
            nextHop: Int(members[Int(group.firstMember) &+ slot]), flowHash: hash)
    }
}
