// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// An address of an interface together with the network that it is on, such as `192.0.2.1/24` or `2001:db8::1/64`.
    public struct InterfaceAddress: Hashable, Sendable {
        public var address: IPAddress
        /// 1 to 32, or 1 to 128.
        public var prefixLength: Int

        public init(address: IPAddress, prefixLength: Int) {
            precondition((1...address.width).contains(prefixLength))
            self.address = address
            self.prefixLength = prefixLength
        }

        public var network: IPPrefix {
            IPPrefix(containing: address, length: prefixLength)
        }

        /// Whether a host on this network can have the address: not the network's own address, which all routers of an IPv6
        /// network have (RFC 4291, 2.6.1), nor the broadcast address of an IPv4 one. Networks of two addresses, or one, have
        /// neither (RFC 3021; RFC 6164).
        public func allowsHost(_ host: IPAddress) -> Bool {
            guard network.contains(host) else { return false }
            return isPointToPoint
                || (host != network.address && (!address.isIPv4 || host != network.lastAddress))
        }

        /// Whether all addresses of the network are hosts'.
        public var isPointToPoint: Bool { prefixLength > address.width - 2 }

        /// Whether it is the interface's for its own link (RFC 4291, 2.5.6): its network is none that packets are routed to.
        public var isOfLink: Bool { address.ipv6?.isLinkLocal == true }
    }
}

extension Configuration.InterfaceAddress: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}

extension Configuration.InterfaceAddress {
    /// What a list of them may be.
    static let listShape = ValueShape.other(
        type: "list of address/length",
        schema:
            "\"type\": \"array\", \"maxItems\": \(Configuration.Port.maximumAddressCount), \"items\": { "
            + "\"type\": \"string\", \"pattern\": \"^([0-9.]+/([1-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3})$\" }"
    )
}
