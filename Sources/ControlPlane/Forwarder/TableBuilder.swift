// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Turns a configuration and its attached ports into the tables that workers read.
struct TableBuilder {
    let configuration: Configuration
    /// In the order of the configuration.
    let ports: [AttachedPort]
    /// Whether every port takes frames for any MAC address.
    var admitsAny = false

    /// Why there are no tables.
    enum Failure: Error {
        /// There is no memory for a table of that size.
        case noMemory(DPDKError)
        /// The table has no room for all that goes into it.
        case tooSmall(DPDKError)
    }

    /// Entries that hosts and next hops name, by port and address: several routes share one.
    private struct Target: Hashable {
        let port: Int
        let address: IPv4Address
    }

    /// - Parameter name: of the FIB: DPDK keeps the old one while a new one is built.
    func build(
        _ table: Plan.ForwardingTable?, named name: String
    ) throws(Failure) -> ForwardingTables {
        guard let table else { return tables(nil, NextHopTable()) }
        let fib: FIB
        do throws(DPDKError) {
            fib = try FIB(
                name: name, routes: table.capacity, longPrefixGroups: table.tbl8Groups,
                missValue: 0, numaNode: nil)
        } catch {
            throw .noMemory(error)
        }
        do throws(DPDKError) {
            return tables(fib, try fill(fib))
        } catch {
            fib.free()
            throw .tooSmall(error)
        }
    }

    private func tables(_ fib: FIB?, _ nextHops: NextHopTable) -> ForwardingTables {
        ForwardingTables(
            configuration: configuration, ports: ports, admitsAny: admitsAny, fib: fib,
            nextHops: nextHops)
    }

    /// Adds routes first and what is connected after them: where both name a prefix, the port's own
    /// addresses and networks win.
    private func fill(_ fib: FIB) throws(DPDKError) -> NextHopTable {
        var nextHops = NextHopTable()
        var known: [Target: UInt16] = [:]
        let macs = Dictionary(
            configuration.neighbours.map { (Target(port: $0.port, address: $0.address), $0.mac) },
            uniquingKeysWith: { first, _ in first })

        func entry(_ target: Target) throws(DPDKError) -> UInt16 {
            if let index = known[target] { return index }
            let attached = ports[target.port]
            let nextHop: NextHop =
                macs[target].map {
                    .forward(
                        port: attached.port.index, mtu: attached.planned.mtu,
                        destinationMAC: $0, sourceMAC: attached.mac)
                } ?? .unresolved(port: attached.port.index)
            let index = try nextHops.adding(nextHop)
            known[target] = index
            return index
        }
        let blackhole = try nextHops.adding(.drop(.blackhole))
        let unreachable = try nextHops.adding(.drop(.unreachable))
        let local = try nextHops.adding(.drop(.localNotHandled))
        let broadcast = try nextHops.adding(.drop(.directedBroadcast))

        for route in configuration.routes {
            let value: UInt16
            switch route.target {
            case .blackhole: value = blackhole
            case .unreachable: value = unreachable
            case .via(let hops):
                var members: [(entry: UInt16, weight: Int)] = []
                for hop in hops {
                    members.append(
                        (try entry(Target(port: hop.port, address: hop.address)), hop.weight))
                }
                value =
                    members.count == 1
                    ? members[0].entry : try NextHopTable.unwrap(nextHops.addGroup(members))
            }
            try fib.add(
                address: route.to.address.rawValue, length: route.to.length, value: value)
        }
        for (index, attached) in ports.enumerated() {
            let glean = try nextHops.adding(
                .unresolved(port: attached.port.index))
            for address in attached.configured.addresses {
                let network = address.network
                try fib.add(
                    address: network.address.rawValue, length: network.length, value: glean)
                if network.length <= 30 {
                    try fib.add(
                        address: network.lastAddress.rawValue, length: 32, value: broadcast)
                }
            }
            for (target, _) in macs where target.port == index {
                try fib.add(
                    address: target.address.rawValue, length: 32, value: try entry(target))
            }
            for address in attached.configured.addresses {
                try fib.add(address: address.address.rawValue, length: 32, value: local)
            }
        }
        return nextHops
    }
}

extension NextHopTable {
    /// Adds an entry; the table has room for 32,767.
    fileprivate mutating func adding(_ nextHop: NextHop) throws(DPDKError) -> UInt16 {
        try Self.unwrap(add(nextHop))
    }

    fileprivate static func unwrap(_ index: UInt16?) throws(DPDKError) -> UInt16 {
        guard let index else {
            throw DPDKError(
                code: 28, operation: "hold more than 32,767 different next hops", logLine: nil)
        }
        return index
    }
}
