// SPDX-License-Identifier: Apache-2.0

package import DPDK
import Dataplane

/// Why a change of a forwarding table is not made. Nothing of it is in either instance.
package enum FIBFailure: Error {
    /// There is no memory for a table of that size.
    case noMemory(DPDKError)
    /// More /24 networks than the table has groups for would have addresses that go different ways.
    case tooManySplitNetworks(Int, room: Int)
    /// The trie of IPv6 would have more nodes than there is room for.
    case tooManyNodes(Int, room: Int)
    /// There are more different next hops, or groups of them, than entries can name.
    case tooManyNextHops
    /// There are more routes, with those of the API, than the configuration has room for.
    case tooManyRoutes(Int)
}

extension FIBFailure {
    /// Which limit is reached.
    package var obstacle: String {
        switch self {
        case .noMemory(let error): "\(error)"
        case .tooManySplitNetworks(let count, let room):
            "\(count) /24 networks would have addresses that go different ways, by prefixes longer "
                + "than 24 bits, and the table has room for \(room) such networks"
        case .tooManyNodes(let count, let room):
            "the table of IPv6 would take \(count) nodes, each of 256 neighbouring prefixes of one length, and has "
                + "room for \(room)"
        case .tooManyNextHops:
            "there is no room for another next hop: the table holds \(FIB.largestValue) different "
                + "ones, and groups of \(NextHopRegistry.mostSlots) slots"
        case .tooManyRoutes(let count):
            "there are \(count) routes with those that came over the API"
        }
    }

    /// What helps, and what does not.
    package var remedy: String {
        switch self {
        case .noMemory: "restart Freeway, which then takes the memory for both instances"
        case .tooManySplitNetworks:
            "memory.routes changes nothing here: let longer prefixes go where the rest of their "
                + "/24 network goes, or take fewer"
        case .tooManyNodes:
            "raise memory.routes, which is the room for nodes, too, or take fewer routes"
        case .tooManyNextHops: "take fewer different next hops, or fewer and smaller groups"
        case .tooManyRoutes: "raise memory.routes, or delete some (freeway routes load)"
        }
    }
}
