// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// A burst may have packets of both families. Those of IPv6 are set aside, and walk a road of their own once the others have
/// left: so each stage knows of a whole burst which family it is, and packets of IPv4 pay nothing for the others.
extension WorkerState {
    /// Whether a packet is one of IPv6, by its version.
    static func isIPv6(_ mbuf: MbufReference, from start: Int) -> Bool {
        mbuf.data.load(fromByteOffset: start, as: UInt8.self) >> 4 == 6
    }

    /// Notes where a packet goes whose header was validated. Cold path.
    func noteDestination(at position: Int) {
        let header = burst[position].data + headerLength(at: position)
        if isIPv6 {
            metadata.ipv6Destinations[position] = MutableIPv6Header(validated: header).destination
        } else {
            metadata.destinations[position] =
                MutableIPv4Header(validated: header).destination.rawValue
        }
    }

    /// Sets frames aside whose packets are of IPv6.
    /// - Parameter others: those of them that are to be looked at closely.
    mutating func setAside(_ positions: BurstPositions, unproven others: BurstPositions) {
        hasAside = true
        isTaggedAside = isTagged
        unprovenAside = BurstPositions()
        var rest = positions
        var index = 0
        while let position = rest.popFirst() {
            if isTagged { metadata.headerLengthsAside[index] = metadata.headerLengths[position] }
            if others.contains(position) { unprovenAside.insert(index) }
            index &+= 1
        }
        guard positions.count < burst.count else {
            unproven = BurstPositions()
            aside.append(contentsOf: &burst)
            return
        }
        close(positions, isRouted: false)
        burst.move(positions, to: &aside)
        burstBytes = burst.byteCount
    }

    /// Walks the frames that were set aside along their road.
    @inline(never)
    mutating func walkAside<Observer: StageObserver>(_ observer: inout Observer) {
        hasAside = false
        burst.append(contentsOf: &aside)
        isTagged = isTaggedAside
        if isTagged {
            metadata.headerLengths.update(
                from: metadata.headerLengthsAside, count: burst.count)
        }
        unproven = unprovenAside
        burstBytes = burst.byteCount
        isIPv6 = true
        if isUnadmittedAside {
            isUnadmittedAside = false
            Admit.admitAside(&self, &observer)
        }
        walk(from: 0, &observer)
        isIPv6 = false
    }
}
