// SPDX-License-Identifier: Apache-2.0

/// One end of a flow: an IPv6, IPv4 or MAC address, and a port.
@frozen public struct FlowEndpoint: Hashable, Comparable, Sendable {
    /// The upper 64 bits of an IPv6 address; otherwise 0.
    public let addressHigh: UInt64
    /// The lower 64 bits of an IPv6 address, or an IPv4 or MAC address in the low bits.
    public let addressLow: UInt64
    /// 0 where the flow has no ports.
    public let port: UInt16

    @inlinable @inline(__always) public init(_ address: IPv4Address, port: UInt16 = 0) {
        addressHigh = 0
        addressLow = UInt64(address.rawValue)
        self.port = port
    }

    @inlinable @inline(__always) public init(_ address: IPv6Address, port: UInt16 = 0) {
        addressHigh = address.high
        addressLow = address.low
        self.port = port
    }

    @inlinable @inline(__always) public init(_ address: MACAddress) {
        addressHigh = 0
        addressLow = address.rawValue
        port = 0
    }

    /// By address, then by port: any order would do, as long as it is total.
    @inlinable @inline(__always)
    public static func < (left: FlowEndpoint, right: FlowEndpoint) -> Bool {
        if left.addressHigh != right.addressHigh { return left.addressHigh < right.addressHigh }
        if left.addressLow != right.addressLow { return left.addressLow < right.addressLow }
        return left.port < right.port
    }

    @inlinable @inline(__always)
    public static func == (left: FlowEndpoint, right: FlowEndpoint) -> Bool {
        left.addressHigh == right.addressHigh && left.addressLow == right.addressLow
            && left.port == right.port
    }
}
