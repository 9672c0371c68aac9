// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Finds out the MACs of hosts on our networks, and has workers know them. In steps of the control loop; in a replay of
/// whoever drives.
package final class NeighbourKeeper: StepControl, @unchecked Sendable {
    private let group: WorkerGroup
    private let pool: (UInt16) -> Mempool?
    var states = NeighbourStates()
    /// By the interfaces' numbers.
    private(set) var links: [UInt16: InterfaceLink] = [:]
    /// What the configuration says is no question.
    private(set) var statics: Set<NeighbourKey> = []
    /// The entries that stand for hosts in the newest snapshot.
    private var numbers: [NeighbourKey: UInt16] = [:]
    /// DPDK's indices of ports whose link is down.
    private var down: Set<UInt16> = []
    /// The last time that is known.
    private(set) var now: UInt64 = 0
    /// When a host with an address of ours was last told of.
    private var toldConflicts: [NeighbourKey: UInt64] = [:]
    private static let conflictInterval = 60 * NeighbourStates.second
    /// Gets a line for the log.
    package var tell: (String) -> Void = { _ in }

    /// - Parameter pool: whose buffers a port's frames have, by DPDK's index.
    init(_ group: WorkerGroup, pool: @escaping (UInt16) -> Mempool?) {
        self.group = group
        self.pool = pool
    }

    /// Takes over what is about to be published: hosts go whose interface is another one now, or whose link is down, or
    /// which the configuration names. ``settle()`` has workers know, once it is published.
    func follow(_ tables: ForwardingTables, down: Set<UInt16>) {
        let before = links
        links = tables.links
        self.down = down
        states.limit = tables.configuration.arp.limit
        let interfaces = tables.numbers.numbers
        statics = Set(
            tables.configuration.neighbours.map {
                NeighbourKey(interface: interfaces[$0.interface], address: $0.address)
            })
        numbers = tables.nextHops.hosts
        leaving = states.flush(at: now) { [links, statics] key, host in
            guard let link = links[key.interface], !statics.contains(key),
                link.source(toward: key.address) != nil
            else { return true }
            // What somebody said of a host stays, whatever becomes of the way to it.
            return host.state != .permanent
                && (link != before[key.interface] || down.contains(link.port))
        }
        leaving += states.hosts.compactMap { key, host in
            guard host.state == .permanent, let mac = host.mac,
                links[key.interface] != before[key.interface]
            else { return nil }
            // In a place of its own: what workers are about to write stays what it is.
            return (key, [.forget, .leave(mac, isWatched: false)])
        }
    }

    /// What has been published is in force: what waited for hosts that are gone looks again.
    func settle() {
        for (key, effects) in leaving { apply(effects, to: key) }
        leaving = []
    }

    /// The next hops of a snapshot that is about to be published, with what is known of hosts.
    func filled(_ table: NextHopTable) -> NextHopTable {
        var table = table
        for (key, number) in table.hosts {
            guard let host = states.hosts[key], let link = links[key.interface] else { continue }
            table.set(number, to: entry(host, link))
        }
        return table
    }

    private func entry(_ host: NeighbourStates.Host, _ link: InterfaceLink) -> NextHop {
        guard host.state != .failed else { return link.nextHop(nil).failed }
        let entry = link.nextHop(host.mac)
        return host.state == .stale ? entry.watched : entry
    }

    /// A replay's time begins.
    func begin(at time: UInt64) { now = max(now, time) }

    package var nextTime: UInt64? { states.nextTime }

    package func expire(at time: UInt64) {
        now = max(now, time)
        guard let (key, effects) = states.expire(at: time) else { return }
        apply(effects, to: key)
    }

    package func takeReports(at time: UInt64) -> Bool {
        now = max(now, time)
        var isAny = false
        while let report = group.takeReport() {
            isAny = true
            take(report)
        }
        // What has just become due has changed something, too.
        defer { hasChanged = false }
        return isAny || hasChanged
    }

    /// Whether something changed that frames wait for, or is to be sent, since a replay's driver looked.
    private var hasChanged = false
    private var leaving: [(key: NeighbourKey, effects: [NeighbourStates.Effect])] = []

    private func take(_ report: NeighbourReport) {
        let key = report.key
        if report.kind == .conflict { return conflict(key, report.mac) }
        guard let link = links[key.interface], !statics.contains(key),
            link.source(toward: key.address) != nil
        else { return }
        switch report.kind {
        case .wanted: apply(states.wanted(key, at: now), to: key)
        case .used: apply(states.used(key, at: now), to: key)
        case .asked, .answered, .spoke:
            apply(states.heard(key, report.mac, report.kind, at: now), to: key)
        case .conflict: break
        }
    }

    private func conflict(_ key: NeighbourKey, _ mac: MACAddress) {
        if let last = toldConflicts[key], now < last + Self.conflictInterval { return }
        toldConflicts[key] = now
        tell("\(mac) has our address \(key.address)")
    }

    func apply(_ effects: [NeighbourStates.Effect], to key: NeighbourKey) {
        guard let link = links[key.interface] else {
            // The interface is in no table any more: workers that have packets for the host look again, and find that.
            hasChanged = true
            if effects.contains(.fail) {
                _ = group.neighbours.put(
                    key, NextHop.unresolved(port: 0, interface: key.interface).failed)
            } else {
                group.neighbours.remove(key)
            }
            return
        }
        for effect in effects {
            switch effect {
            case .wait: put(key, link.nextHop(nil), link)
            case .leave(let mac, let isWatched):
                put(key, isWatched ? link.nextHop(mac).watched : link.nextHop(mac), link)
            case .fail: put(key, link.nextHop(nil).failed, link)
            case .forget:
                group.neighbours.remove(key)
                update(key, link.nextHop(nil), link)
                hasChanged = true
            case .ask(let mac): ask(key, mac, link)
            }
        }
    }

    private func put(_ key: NeighbourKey, _ entry: NextHop, _ link: InterfaceLink) {
        update(key, entry, link)
        _ = group.neighbours.put(key, entry)
        hasChanged = true
    }

    private func update(_ key: NeighbourKey, _ entry: NextHop, _ link: InterfaceLink) {
        guard let number = numbers[key], !down.contains(link.port) else { return }
        group.publication.update(nextHop: number, to: entry)
    }

    private func ask(_ key: NeighbourKey, _ mac: MACAddress?, _ link: InterfaceLink) {
        guard let source = link.source(toward: key.address), let pool = pool(link.port) else {
            return
        }
        hasChanged = true
        _ = group.send(
            link.question(about: key.address, from: source, to: mac), by: link.port, to: key,
            pool: pool, at: now)
    }

    /// Tells all hosts behind a port our addresses (RFC 5227, 3).
    /// - Parameter port: DPDK's index.
    func announce(_ port: UInt16) {
        for link in links.values.sorted(by: { $0.number < $1.number }) where link.port == port {
            guard let pool = pool(port) else { continue }
            for own in link.addresses {
                _ = group.send(
                    link.question(about: own.address, from: own.address, to: nil), by: port,
                    to: NeighbourKey(interface: link.number, address: own.address), pool: pool,
                    at: now)
            }
        }
    }
}
