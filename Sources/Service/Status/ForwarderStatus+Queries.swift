// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import Forwarding
import FoundationEssentials
import FreewayConfiguration
import LinuxDevices
import PacketHeaders

extension ForwarderStatus {
    /// What can be asked of a forwarder, running or replayed: a row for each endpoint.
    package static let queries: [Query<ForwarderStatus>] = [
        Query(.version) { try await $0.version() },
        Query(.stats) { try await $0.stats() },
        Query(.ports) { try await $0.ports() },
        Query(.interfaces) { status in
            // Nobody waits for the rest of it once the forwarder is taken down.
            let tallies = status.forwarder.group.readTallies()
            return try await OwnThread.run { try status.interfaces(tallies) }
        },
        Query(.workers) { try await $0.workers() },
        Query(.drops) { try await $0.drops() },
        Query(.dropsOfReason, reading: reason) { $0.drops(of: $1) },
        Query(bytesOf: .config) { $0.text.bytes },
        Query(bytesOf: .plan) {
            ReplyBytes(try ControlJSON.encode($0.forwarder.plan))
        },
        Query(.routes, readsTables: true, reading: routePage) { status, page in
            try await OwnThread.run { try status.forwarder.routes(page) }
        },
        Query(.routeOfAddress, readsTables: true, reading: RoutePage.address) { status, asked in
            try await OwnThread.run {
                try status.forwarder.route(
                    to: asked.address, in: asked.vrf ?? Configuration.VRF.main)
            }
        },
        Query(.neighbours, readsTables: true, reading: neighbourPage) { status, page in
            try await OwnThread.run { try status.forwarder.neighbours(page) }
        },
    ]

    private static func reason(
        _ name: String, _ target: RequestTarget
    ) throws(ControlRefusal) -> DropReason {
        guard let reason = DropReason.allCases.first(where: { $0.name == name }) else {
            throw .unknownReason(name)
        }
        return reason
    }

    private static func routePage(
        _ name: String, _ target: RequestTarget
    ) throws(ControlRefusal) -> RoutePage {
        try RoutePage(target)
    }

    private static func neighbourPage(
        _ name: String, _ target: RequestTarget
    ) throws(ControlRefusal) -> NeighbourPage {
        try NeighbourPage(target)
    }
}

extension ForwarderStatus {
    /// Asks the kernel for each, on a thread of its own.
    private func interfaces(_ tallies: TallySet) throws -> InterfacesReply {
        let readings = forwarder.readInterfaces(tallies)
        let linux = try forwarder.ports.map { attached in
            try attached.linux.flatMap { try NetworkInterface(named: $0.name) }
        }
        let interfaces = readings.map { reading in
            let (attached, interface) = (reading.port, reading.interface)
            return (
                interface.name,
                InterfaceStatus(
                    port: attached.planned.name,
                    vrf: interface.vrf == Configuration.VRF.main ? nil : interface.vrf,
                    tags: interface.vlans.isEmpty
                        ? nil
                        : InterfaceTags(
                            encapsulation: interface.encapsulation.rawValue,
                            vlans: interface.vlans.map(Int.init)),
                    device: "\(attached.planned.device)",
                    up: !forwarder.isDown(attached), obstacle: forwarder.obstacle(to: attached),
                    mac: "\(attached.mac)", mtu: interface.mtu(on: attached.configured),
                    addresses: interface.addresses.map { "\($0)" },
                    received: Traffic(reading.count.received),
                    transmitted: Traffic(reading.count.sent),
                    linux: interface.vlans.isEmpty
                        ? linux[interface.port].map(LinuxInterface.init) : nil)
            )
        }
        return InterfacesReply(time: clock(), interfaces: interfaces)
    }
}

extension LinuxInterface {
    fileprivate init(_ interface: NetworkInterface) {
        self.init(
            name: interface.name, index: Int(interface.index), up: interface.isUp,
            carrier: interface.hasCarrier, mtu: interface.mtu,
            mac: interface.macAddress.map { "\(MACAddress(rawValue: $0))" })
    }
}
