// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Finds out the MACs of hosts on our networks, and has workers know them. In steps of the control loop; in a replay of
/// whoever drives.
package final class NeighbourKeeper: StepControl, @unchecked Sendable {
    let group: WorkerGroup
    let pool: (UInt16) -> Mempool?
    var states = NeighbourStates()
    var duties = AddressDuties()
    var advertising = AdvertisingDuties()
    /// Of the interfaces that advertise a router, by number.
    var advertisements: [UInt16: Configuration.RouterAdvertisement] = [:]
    /// After which they do so of themselves; nil where only who asks is answered.
    var advertisingDelay: UInt64?
    /// Own addresses of IPv6 that are not used, since others may have them, by the interface's number.
    var tentative: [UInt16: Set<IPv6Address>] { duties.tentative }
    /// Whether these, or `lost`, have changed since somebody published them.
    var hasNews = false
    private var tracking = NeighbourTracking()
    /// Hosts that do not answer, of those on which it depends which routes count.
    var lost: Set<NeighbourKey> { tracking.lost }
    /// Publishes at once what has changed; nil where somebody looks after that.
    var publish: (() -> Void)?
    /// The numbers of interfaces behind which routes have hosts, whatever their networks.
    var linksOfRoutes: Set<UInt16> = []
    /// By the interfaces' numbers.
    var links: [UInt16: InterfaceLink] = [:]
    /// Of the configuration, on links.
    private var neighboursOfLinks: [NeighbourKey: MACAddress] = [:]
    /// What the configuration says is no question.
    private(set) var statics: Set<NeighbourKey> = []
    /// The entries that stand for hosts in the newest snapshot.
    private var numbers: [NeighbourKey: UInt16] = [:]
    /// DPDK's indices of ports whose link is down.
    var down: Set<UInt16> = []
    /// The last time that is known.
    private(set) var now: UInt64 = 0
    /// When a host with an address of ours was last told of.
    private var toldConflicts: [NeighbourKey: UInt64] = [:]
    private static let conflictInterval = 60 * NeighbourStates.second
    /// Gets a line for the log.
    package var tell: (String) -> Void = { _ in }
    /// When a report of groups was last sent because of a question, by the interface's number.
    private var reportedGroups: [UInt16: UInt64] = [:]

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
        hasNews = false
        duties.keep { [links] in links[$0]?.ipv6Addresses ?? [] }
        self.down = down
        states.limit = tables.configuration.arp.limit
        let interfaces = tables.numbers.numbers
        statics = Set(
            tables.configuration.neighbours.map {
                NeighbourKey(interface: interfaces[$0.interface], address: $0.address)
            })
        numbers = tables.nextHops.hosts
        linksOfRoutes = tables.nextHops.linksOfRoutes
        tracking.follow(tables.nextHops.trackedHosts.subtracting(statics), at: now)
        leaving = states.flush(at: now) { [links, statics] key, host in
            guard let link = links[key.interface], !statics.contains(key), isNear(key, link) else {
                return true
            }
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
        leaving += keepNeighboursOfLinks(tables)
        advertisements = Dictionary(
            zip(interfaces, tables.configuration.interfaces).compactMap { number, interface in
                interface.ra.map { (number, $0) }
            }, uniquingKeysWith: { first, _ in first })
        followAdvertisements()
    }

    /// Neighbours of the configuration that are looked up here: those with link-local addresses have no entries in the table of
    /// routes, and those behind an interface that routes name have them in the table of its own VRF alone.
    private func keepNeighboursOfLinks(
        _ tables: ForwardingTables
    ) -> [(key: NeighbourKey, effects: [NeighbourStates.Effect])] {
        let before = neighboursOfLinks
        neighboursOfLinks = Dictionary(
            tables.configuration.neighbours.filter {
                $0.address.ipv6?.isLinkLocal == true
                    || linksOfRoutes.contains(tables.numbers.numbers[$0.interface])
            }.map {
                (
                    NeighbourKey(
                        interface: tables.numbers.numbers[$0.interface], address: $0.address),
                    $0.mac
                )
            }, uniquingKeysWith: { first, _ in first })
        let gone = before.keys.filter { neighboursOfLinks[$0] == nil }.map {
            (key: $0, effects: [NeighbourStates.Effect.forget])
        }
        return gone.sorted { $0.key.place < $1.key.place }
            + neighboursOfLinks.sorted { $0.key.place < $1.key.place }.map {
                ($0, [.leave($1, isWatched: false)])
            }
    }

    /// What has been published is in force: what waited for hosts that are gone looks again.
    func settle() {
        for (key, effects) in leaving { apply(effects, to: key) }
        leaving = []
        for key in failing {
            guard states.hosts[key]?.state == .failed, let link = links[key.interface] else {
                continue
            }
            put(key, link.nextHop(nil).failed, link)
        }
        failing = []
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

    /// What time it is, by the clock of all that follows.
    func begin(at time: UInt64) { now = max(now, time) }

    package var nextTime: UInt64? {
        [states.nextTime, duties.nextTime, advertising.nextTime, tracking.nextTime]
            .compactMap(\.self).min()
    }

    /// Whether a host can be one behind the interface: it is on a network of it, or routes say so.
    private func isNear(_ key: NeighbourKey, _ link: InterfaceLink) -> Bool {
        link.isOnNetwork(key.address) || numbers[key] != nil
            || linksOfRoutes.contains(key.interface)
    }

    private func isUp(_ interface: UInt16) -> Bool {
        links[interface].map { !down.contains($0.port) } ?? false
    }

    /// Has the hosts looked after that routes depend on, also where nothing is sent to them. A step of the control loop.
    func beginTracking() {
        tracking.probes = true
        tracking.follow(tracking.hosts, at: now)
    }

    package func expire(at time: UInt64) {
        now = max(now, time)
        defer { publishNews() }
        if let due = tracking.nextTime,
            due <= min(time, states.nextTime ?? .max, duties.nextTime ?? .max)
        {
            for key in tracking.take(at: now) where isUp(key.interface) {
                apply(states.verify(key, at: now), to: key)
            }
            return
        }
        // What is due first comes first; of two at a time what is due for hosts.
        if let due = states.nextTime,
            due <= min(time, duties.nextTime ?? .max, advertising.nextTime ?? .max)
        {
            guard let (key, effects) = states.expire(at: time) else { return }
            // One that does not answer any more, or still does not.
            if effects.contains(.forget) { _ = tracking.fail(key, at: now) }
            apply(effects, to: key)
        } else if duties.nextTime ?? .max <= min(time, advertising.nextTime ?? .max),
            let (interface, effects) = duties.expire(
                at: time, { [links] in links[$0]?.ipv6Addresses ?? [] })
        {
            apply(effects, on: interface)
        } else if let interface = advertising.expire(at: time),
            let settings = advertisements[interface]
        {
            advertise(interface, settings)
        }
    }

    /// - Parameter address: decides which worker sends it.
    func send(_ frame: [UInt8], _ address: IPv6Address, _ link: InterfaceLink) {
        guard let pool = pool(link.port) else { return }
        hasChanged = true
        _ = group.send(
            frame, by: link.port,
            to: NeighbourKey(interface: link.number, address: IPAddress(address)), pool: pool,
            at: now)
    }

    package func takeReports(at time: UInt64) -> Bool {
        now = max(now, time)
        var isAny = false
        while let report = group.takeReport() {
            isAny = true
            take(report)
        }
        publishNews()
        // What has just become due has changed something, too.
        defer { hasChanged = false }
        return isAny || hasChanged
    }

    private func publishNews() {
        if tracking.hasNews { hasNews = true }
        tracking.hasNews = false
        guard hasNews, let publish else { return }
        hasChanged = true
        publish()
    }

    /// Whether something changed that frames wait for, or is to be sent, since a replay's driver looked.
    private var hasChanged = false
    /// Own addresses of IPv6 that were announced, by the interface's number.
    var announced: [UInt16: [IPv6Address]] = [:]
    /// Tracked hosts that have just failed, which workers do not know yet.
    private var failing: [NeighbourKey] = []
    private var leaving: [(key: NeighbourKey, effects: [NeighbourStates.Effect])] = []

    private func take(_ report: NeighbourReport) {
        let key = report.key
        if report.kind == .conflict { return conflict(key, report.mac) }
        if report.kind == .queried { return queried(key.interface) }
        if report.kind == .solicited { return advertising.solicited(key.interface, at: now) }
        guard let link = links[key.interface], !statics.contains(key), isNear(key, link) else {
            return
        }
        switch report.kind {
        case .wanted: apply(states.wanted(key, at: now), to: key)
        case .used: apply(states.used(key, at: now), to: key)
        case .asked, .answered, .spoke, .confirmed, .mentioned:
            apply(states.heard(key, report.mac, report.kind, at: now), to: key)
        case .solicited, .queried, .conflict: break
        }
    }

    /// Somebody asks which groups are listened to (RFC 3810, 5.1.14): answered once a second at the most.
    private func queried(_ interface: UInt16) {
        guard let link = links[interface] else { return }
        if let last = reportedGroups[interface], now < last + NeighbourStates.second { return }
        reportedGroups[interface] = now
        reportGroups(link)
    }

    private func conflict(_ key: NeighbourKey, _ mac: MACAddress) {
        if let address = key.address.ipv6, duties.conflict(key.interface, address) {
            hasNews = true
            return tell(
                "\(mac) has our address \(address), which is not used until the link comes up again, or Freeway is restarted"
            )
        }
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
                tracking.answer(key)
                put(key, isWatched ? link.nextHop(mac).watched : link.nextHop(mac), link)
            case .fail:
                if tracking.fail(key, at: now) {
                    // Once other routes count: what waits goes by these.
                    failing.append(key)
                } else {
                    put(key, link.nextHop(nil).failed, link)
                }
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
        guard let question = link.question(about: key.address, to: mac), let pool = pool(link.port)
        else { return }
        hasChanged = true
        _ = group.send(question, by: link.port, to: key, pool: pool, at: now)
    }
}
