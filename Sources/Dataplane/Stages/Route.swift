// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Finds the longest prefix of each destination, and with it the next hop; drops where the route
/// says so, and answers what is for us.
enum Route {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        guard lookUp(&worker) else {
            return worker.dropAll(by: .route, because: .noRoute, &observer)
        }
        let values = worker.metadata.nextHops
        let nextHops = worker.snapshot.pointee.nextHops
        if Observer.watchesFrames {
            tellVRFs(worker, &observer)
            lookAgain(worker, &observer)
        } else {
            var kinds = kinds(of: values, worker.burst.count, nextHops)
            if NextHop.Kind.lookAgain(union: kinds) {
                lookAgain(worker, &observer)
                kinds = Self.kinds(of: values, worker.burst.count, nextHops)
            }
            worker.leavesByVLAN = NextHop.Kind.leaveByVLAN(union: kinds)
            if NextHop.Kind.areAllPlain(union: kinds) { return }
        }
        let members = worker.snapshot.pointee.members
        let flowHash = worker.snapshot.pointee.flowHash
        // Those of which more is to be said than which member they get.
        var others = BurstPositions()
        var kinds: UInt8 = 0
        for index in 0..<worker.burst.count {
            let group = Int(truncatingIfNeeded: values[index])
            var chosen = GroupMember(nextHop: group)
            if nextHops[group].kind == .group {
                chosen = member(
                    of: nextHops[group], members, flowHash, worker.burst[index],
                    worker.headerLength(at: index), isOwn: worker.isMade, isIPv6: worker.isIPv6)
                values[index] = UInt64(truncatingIfNeeded: chosen.nextHop)
            }
            let nextHop = nextHops + chosen.nextHop
            kinds |= nextHop.pointee.kind.rawValue
            if nextHop.pointee.kind.isSpecial {
                others.insert(index)
                // A host on a network of ours is told of once it is looked up.
                if nextHop.pointee.kind == .glean { continue }
            }
            observer.noted(
                worker.burst[index], by: .route,
                StageNote(group: group, chosen, nextHop.pointee))
        }
        if !others.isEmpty { kinds |= routeOthers(&worker, others, &observer) }
        worker.leavesByVLAN = NextHop.Kind.leaveByVLAN(union: kinds)
    }

    /// Writes the entries that the longest prefixes name.
    /// - Returns: false where there is no table.
    @inline(__always) private static func lookUp(_ worker: inout WorkerState) -> Bool {
        if worker.isIPv6 { return lookUpIPv6(worker) }
        guard let fib = worker.snapshot.pointee.fib else { return false }
        if worker.areInVRFs, lookUpInVRFs(worker) { return true }
        fib.lookUp(
            worker.metadata.destinations, count: worker.burst.count,
            into: worker.metadata.nextHops)
        return true
    }

    @inline(never) private static func lookUpIPv6(_ worker: borrowing WorkerState) -> Bool {
        guard let fib = worker.snapshot.pointee.ipv6FIB else { return false }
        let destinations = worker.metadata.ipv6Destinations
        let values = worker.metadata.nextHops
        fib.lookUp(destinations, count: worker.burst.count, into: values)
        if worker.areInVRFs {
            fib.lookUp(
                ipv6: destinations, in: worker.metadata.vrfs, count: worker.burst.count,
                into: values)
        }
        guard worker.isMade else { return true }
        // What is for a link goes there, whatever the table says of such addresses: that they are ours, when they come in.
        for index in 0..<worker.burst.count where destinations[index].isLinkLocal {
            let interface = worker.burst[index].metadata.pointee.interface
            values[index] = UInt64(worker.snapshot.pointee.connected(interface))
        }
        return true
    }

    /// IPv4 packets some of which are in other VRFs than the main one.
    /// - Returns: whether all are through.
    @inline(never) private static func lookUpInVRFs(_ worker: borrowing WorkerState) -> Bool {
        let (vrfs, count) = (worker.metadata.vrfs, worker.burst.count)
        let (destinations, values) = (worker.metadata.destinations, worker.metadata.nextHops)
        guard let fib = worker.snapshot.pointee.fib, let trie = worker.snapshot.pointee.ipv6FIB
        else { return false }
        var areAllInVRFs = true
        for index in 0..<count where vrfs[index] == 0 { areAllInVRFs = false }
        if !areAllInVRFs { fib.lookUp(destinations, count: count, into: values) }
        trie.lookUp(ipv4: destinations, in: vrfs, count: count, into: values)
        return true
    }

    /// Looks packets up in the VRFs that their routes lead to.
    @inline(never) private static func lookAgain<Observer: StageObserver>(
        _ worker: borrowing WorkerState, _ observer: inout Observer
    ) {
        let snapshot = worker.snapshot
        let values = worker.metadata.nextHops
        for index in 0..<worker.burst.count {
            var entry = snapshot.pointee.nextHops[Int(truncatingIfNeeded: values[index])]
            var tables = 1
            while entry.kind == .table {
                guard tables < Snapshot.mostTables else {
                    values[index] = UInt64(snapshot.pointee.circle)
                    break
                }
                tables &+= 1
                observer.noted(
                    worker.burst[index], by: .route,
                    StageNote(table: entry.table, entry: values[index]))
                values[index] = UInt64(worker.lookUp(at: index, in: entry.table))
                entry = snapshot.pointee.nextHops[Int(truncatingIfNeeded: values[index])]
            }
        }
    }

    /// Tells in which VRFs packets are looked up first, where there are several.
    private static func tellVRFs<Observer: StageObserver>(
        _ worker: borrowing WorkerState, _ observer: inout Observer
    ) {
        guard worker.snapshot.pointee.options.contains(.vrf) else { return }
        for index in 0..<worker.burst.count {
            observer.noted(
                worker.burst[index], by: .route,
                StageNote(table: worker.vrf(at: index), entry: 0))
        }
    }

    /// Packets that are dropped, or for us; for hosts on networks of ours; and such as somebody waits for.
    /// - Returns: the kinds of the hosts' entries.
    @inline(never)
    private static func routeOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ positions: BurstPositions, _ observer: inout Observer
    ) -> UInt8 {
        let nextHops = worker.snapshot.pointee.nextHops
        let values = worker.metadata.nextHops
        var others = positions
        var gone = BurstPositions()
        var made = BurstPositions()
        var parts = BurstPositions()
        var answers = BurstPositions()
        var kinds = Observer.watchesFrames ? 0 : findHosts(&worker, &others)
        while let index = others.popFirst() {
            let number = Int(truncatingIfNeeded: values[index])
            var nextHop = nextHops + number
            if nextHop.pointee.kind == .glean {
                if let host = worker.host(at: index, nextHop.pointee) {
                    nextHop = host
                    // Where the entry lies, counted from the table: Rewrite need not know that it lies elsewhere.
                    values[index] = UInt64(bitPattern: Int64(host - nextHops))
                    kinds |= host.pointee.kind.rawValue
                }
                observer.noted(
                    worker.burst[index], by: .route,
                    StageNote(group: number, GroupMember(nextHop: number), nextHop.pointee))
            }
            if nextHop.pointee.kind.isWatched { worker.reportUse(of: nextHop, at: index) }
            guard nextHop.pointee.kind == .drop else { continue }
            let reason = nextHop.pointee.reason
            if reason == .localNotHandled, worker.isPart(at: index) {
                parts.insert(index)
                continue
            }
            let outcome: WorkerState.LocalOutcome =
                reason == .localNotHandled
                ? worker.takeLocal(at: index, by: .route, &observer)
                : worker.refuse(at: index, by: .route, because: reason, &observer)
                    ? .made : .gone
            switch outcome {
            case .made: made.insert(index)
            case .answer: answers.insert(index)
            case .gone: gone.insert(index)
            }
        }
        if !answers.isEmpty {
            worker.takeOut(gone, answers: answers, isRouted: true)
            let closed = answers.closingUp(without: gone)
            made = made.closingUp(without: gone).closingUp(without: closed)
            parts = parts.closingUp(without: gone).closingUp(without: closed)
            gone = BurstPositions()
        }
        worker.takeOut(gone, made: made, parts: parts, &observer)
        return kinds
    }

    /// Looks up the hosts that packets are for, on networks of ours: what is far away in memory is asked for before the first
    /// of it is waited for.
    /// - Parameter positions: loses those of which nothing more is to be said.
    /// - Returns: the kinds of their entries.
    private static func findHosts(
        _ worker: inout WorkerState, _ positions: inout BurstPositions
    ) -> UInt8 {
        let nextHops = worker.snapshot.pointee.nextHops
        let values = worker.metadata.nextHops
        var hosts = BurstPositions()
        var rest = positions
        while let index = rest.popFirst() {
            let entry = nextHops + Int(truncatingIfNeeded: values[index])
            guard entry.pointee.kind == .glean else { continue }
            worker.neighbours.prefetchPlace(of: worker.key(at: index, entry.pointee))
            hosts.insert(index)
        }
        rest = hosts
        while let index = rest.popFirst() {
            let glean = (nextHops + Int(truncatingIfNeeded: values[index])).pointee
            guard let host = worker.host(at: index, glean) else {
                hosts.remove(index)
                continue
            }
            host.prefetch()
            values[index] = UInt64(bitPattern: Int64(host - nextHops))
        }
        var kinds: UInt8 = 0
        while let index = hosts.popFirst() {
            let entry = nextHops + Int(truncatingIfNeeded: values[index])
            kinds |= entry.pointee.kind.rawValue
            if !entry.pointee.kind.isSpecial { positions.remove(index) }
        }
        return kinds
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
    @inline(__always) private static func member(
        of group: NextHop, _ members: UnsafeMutablePointer<UInt16>, _ flowHash: FlowHash,
        _ mbuf: MbufReference, _ start: Int, isOwn: Bool, isIPv6: Bool
    ) -> GroupMember {
        let (header, count) = (mbuf.data + start, mbuf.dataLength &- start)
        let hash =
            isIPv6
            ? flowHash.ofIPv6(header, count: count)
            : flowHash.ofIPv4(header, count: count, leavesOutSource: isOwn)
        let slot = RouteChoice.slot(of: hash, among: Int(group.memberCount))
        return GroupMember(
            nextHop: Int(members[Int(group.firstMember) &+ slot]), flowHash: hash)
    }
}
