// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/interfaces`: what Freeway and Linux know of each interface.
public struct InterfacesReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    /// By name; each port has one of its own name, for untagged frames.
    public var interfaces: [String: InterfaceStatus]
    /// The names in the order of the configuration.
    public var interfaceOrder: [String]

    public init(time: Timestamp, interfaces: [(String, InterfaceStatus)]) {
        self.time = time
        self.interfaces = Dictionary(interfaces, uniquingKeysWith: { first, _ in first })
        interfaceOrder = interfaces.map(\.0)
    }
}

extension Endpoint<InterfacesReply> {
    public static var interfaces: Self { Self("/v1/interfaces") }
}

/// An interface as Freeway has it, and as Linux does.
public struct InterfaceStatus: Codable, Sendable, Equatable {
    /// The port that its frames come in and leave by.
    public var port: String
    /// The VRF that it belongs to; absent for the main one.
    public var vrf: String?
    /// Absent for untagged frames.
    public var tags: InterfaceTags?
    public var device: String
    /// Whether frames pass.
    public var up: Bool
    /// Why they do not, where that is known.
    public var obstacle: String?
    public var mac: String
    public var mtu: Int
    /// With the lengths of their prefixes.
    public var addresses: [String]
    public var received: Traffic
    public var transmitted: Traffic
    /// Absent where Linux has no interface of the device's name: a card that DPDK drives, or one that is gone; and for
    /// tagged frames.
    public var linux: LinuxInterface?

    public init(
        port: String, vrf: String? = nil, tags: InterfaceTags? = nil, device: String, up: Bool,
        obstacle: String?,
        mac: String, mtu: Int,
        addresses: [String], received: Traffic, transmitted: Traffic, linux: LinuxInterface?
    ) {
        self.port = port
        self.vrf = vrf
        self.tags = tags
        self.device = device
        self.up = up
        self.obstacle = obstacle
        self.mac = mac
        self.mtu = mtu
        self.addresses = addresses
        self.received = received
        self.transmitted = transmitted
        self.linux = linux
    }
}

/// The VLAN tags of an interface's frames.
public struct InterfaceTags: Codable, Sendable, Equatable {
    /// Of the outer tag: `802.1Q` or `802.1ad`.
    public var encapsulation: String
    /// That of the outer tag first.
    public var vlans: [Int]

    public init(encapsulation: String, vlans: [Int]) {
        self.encapsulation = encapsulation
        self.vlans = vlans
    }
}

/// What `ip link show` says.
public struct LinuxInterface: Codable, Sendable, Equatable {
    public var name: String
    public var index: Int
    /// Whether it is switched on.
    public var up: Bool
    /// Whether there is something at the other end.
    public var carrier: Bool
    public var mtu: Int
    public var mac: String?

    public init(name: String, index: Int, up: Bool, carrier: Bool, mtu: Int, mac: String?) {
        self.name = name
        self.index = index
        self.up = up
        self.carrier = carrier
        self.mtu = mtu
        self.mac = mac
    }
}
