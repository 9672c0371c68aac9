// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What links know of our own addresses: whether others have them, and which groups they are asked for in. In steps of the
/// control loop.
extension NeighbourKeeper {
    func apply(_ effects: [AddressDuties.Effect], on interface: UInt16) {
        guard let link = links[interface] else { return }
        let nobody = IPv6Address(high: 0, low: 0)
        for effect in effects {
            switch effect {
            case .ask(let address):
                send(link.solicitation(of: address, from: nobody, to: nil), address, link)
            case .announce(let address): send(link.announcement(of: address), address, link)
            case .reportGroups: reportGroups(link)
            case .use: hasNews = true
            }
        }
    }

    func reportGroups(_ link: InterfaceLink) {
        guard let linkLocal = link.linkLocal else { return }
        let isOurs = tentative[link.number]?.contains(linkLocal) != true
        send(
            link.groupReport(from: isOurs ? linkLocal : IPv6Address(high: 0, low: 0)), linkLocal,
            link)
    }

    /// Tells all hosts behind a port our addresses (RFC 5227, 3), those of IPv6 once it is known that nobody else has them.
    /// - Parameters:
    ///   - port: DPDK's index.
    ///   - waits: whether that is waited for.
    func announce(_ port: UInt16, waits: Bool) {
        for link in links.values.sorted(by: { $0.number < $1.number }) where link.port == port {
            guard let pool = pool(port) else { continue }
            for own in link.addresses.compactMap(\.address.ipv4) {
                _ = group.send(
                    link.question(about: own, from: own, to: nil), by: port,
                    to: NeighbourKey(interface: link.number, address: own), pool: pool, at: now)
            }
            announced[link.number] = link.ipv6Addresses
            begin(link, waits: waits)
        }
    }

    private func begin(_ link: InterfaceLink, waits: Bool) {
        let addresses = link.ipv6Addresses
        if waits, !addresses.isEmpty { hasNews = true }
        apply(duties.begin(link.number, addresses, at: now, waits: waits), on: link.number)
    }

    /// Addresses that interfaces have got with a reload are announced.
    func announceNewAddresses(waits: Bool) {
        for link in links.values.sorted(by: { $0.number < $1.number })
        where !down.contains(link.port) {
            if link.ipv6Addresses != announced[link.number] { begin(link, waits: waits) }
        }
        announced = links.mapValues(\.ipv6Addresses)
    }
}
