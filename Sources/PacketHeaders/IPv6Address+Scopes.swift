// SPDX-License-Identifier: Apache-2.0

extension IPv6Address {
    /// All nodes of a link, `ff02::1` (RFC 4291, 2.7.1).
    public static let allNodes = IPv6Address(high: 0xff02_0000_0000_0000, low: 1)
    /// All routers of a link, `ff02::2`.
    public static let allRouters = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
    /// Those that listen for reports of MLDv2, `ff02::16` (RFC 3810, 5.2.14).
    public static let allMLDv2Routers = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)

    /// `::ffff:0:0/96` (RFC 4291, 2.5.5.2): on no wire.
    @inlinable public var isMappedIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// Neither multicast, nor `::`, `::1` or mapped: a host may have it (RFC 4291, 2.5).
    @inlinable public var isUnicast: Bool {
        !isMulticast && !isUnspecified && !isLoopback && !isMappedIPv4
    }

    /// A router may forward packets from here and to here (RFC 4291, 2.5).
    @inlinable public var isRoutable: Bool { isUnicast && !isLinkLocal }

    /// The group in which whoever has the address is asked for its MAC (RFC 4291, 2.7.1).
    public var solicitedNode: IPv6Address {
        IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0000 | low & 0xff_ffff)
    }

    /// `ff02::1:ff00:0/104`
    @inlinable public var isSolicitedNode: Bool {
        high == 0xff02_0000_0000_0000 && low >> 24 == 0x1ff
    }

    /// The MAC of a group (RFC 2464, 7).
    @inlinable public var groupMAC: MACAddress {
        MACAddress(rawValue: 0x3333_0000_0000 | low & 0xffff_ffff)
    }

    /// The link-local address that follows from a MAC (RFC 4291, 2.5.6 and appendix A).
    public init(linkLocalOf mac: MACAddress) {
        let bits = mac.rawValue ^ 0x0200_0000_0000
        self.init(
            high: 0xfe80_0000_0000_0000,
            low: (bits >> 24) << 40 | 0xff_fe00_0000 | bits & 0xff_ffff)
    }
}
