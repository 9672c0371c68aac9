// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What is due for our own addresses of IPv6: whether another host has one is found out before it is used (RFC 4862, 5.4),
/// and then all are told of it. Times are nanoseconds of any clock; nothing here asks one. Control thread.
struct AddressDuties {
    /// What is to be sent, or comes of it.
    enum Effect: Equatable {
        /// Whoever has the address is to say so.
        case ask(IPv6Address)
        /// The switches are told which groups are listened to.
        case reportGroups
        /// All are told that the address is ours.
        case announce(IPv6Address)
        /// Addresses are used from now on.
        case use
    }

    private struct Trial {
        /// Those that may be another's.
        var open: Set<IPv6Address>
        let due: UInt64
    }

    /// RFC 4861, 10: RETRANS_TIMER; one solicitation is sent (RFC 4862, 5.1: DupAddrDetectTransmits).
    static let trialTime: UInt64 = 1_000_000_000

    /// By the interface's number.
    private var trials: [UInt16: Trial] = [:]
    /// Addresses that another host has.
    private(set) var duplicates: [UInt16: Set<IPv6Address>] = [:]

    /// Addresses that are not used, by the interface's number.
    var tentative: [UInt16: Set<IPv6Address>] {
        trials.mapValues(\.open).merging(duplicates) { $0.union($1) }
    }

    /// When something is due next.
    var nextTime: UInt64? { trials.values.map(\.due).min() }

    /// An interface has addresses that nobody has asked for yet.
    /// - Parameter waits: whether they are used only once it is known that nobody else has them.
    mutating func begin(
        _ interface: UInt16, _ addresses: [IPv6Address], at now: UInt64, waits: Bool
    ) -> [Effect] {
        guard !addresses.isEmpty else { return [] }
        duplicates[interface] = nil
        if waits {
            trials[interface] = Trial(open: Set(addresses), due: now + Self.trialTime)
            return [.reportGroups] + addresses.map { .ask($0) }
        }
        return [.reportGroups] + addresses.flatMap { [.ask($0), .announce($0)] }
    }

    /// Another host has, or wants, an address.
    /// - Returns: whether it is not used because of that.
    mutating func conflict(_ interface: UInt16, _ address: IPv6Address) -> Bool {
        guard trials[interface]?.open.remove(address) != nil else { return false }
        duplicates[interface, default: []].insert(address)
        return true
    }

    /// Does the first of what is due.
    /// - Parameter addresses: the interface's now, in the order in which all are told of them.
    mutating func expire(
        at now: UInt64, _ addresses: (UInt16) -> [IPv6Address]
    ) -> (interface: UInt16, effects: [Effect])? {
        let due = trials.filter { $0.value.due <= now }
            .min { ($0.value.due, $0.key) < ($1.value.due, $1.key) }
        guard let (interface, trial) = due else { return nil }
        trials[interface] = nil
        let free = addresses(interface).filter(trial.open.contains)
        guard !free.isEmpty else { return (interface, [.use]) }
        return (interface, [.use, .reportGroups] + free.map { .announce($0) })
    }

    /// Forgets interfaces that are not there any more, and addresses that they have no more.
    mutating func keep(_ addresses: (UInt16) -> [IPv6Address]) {
        for interface in Set(trials.keys).union(duplicates.keys) {
            let own = Set(addresses(interface))
            trials[interface]?.open.formIntersection(own)
            duplicates[interface]?.formIntersection(own)
            if duplicates[interface]?.isEmpty == true { duplicates[interface] = nil }
            if own.isEmpty { trials[interface] = nil }
        }
    }
}
