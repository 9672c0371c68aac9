// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// An address of an interface together with the network that it is on, such as `192.0.2.1/24`.
    public struct InterfaceAddress: Hashable, Sendable {
        public var address: IPv4Address
        /// 1 to 32.
        public var prefixLength: Int

        public init(address: IPv4Address, prefixLength: Int) {
            precondition((1...32).contains(prefixLength))
            self.address = address
            self.prefixLength = prefixLength
        }

        public var network: IPv4Prefix {
            IPv4Prefix(containing: address, length: prefixLength)
        }

        /// Whether a host on this network can have the address: not the network's own address nor
        /// its broadcast address, which /31 (RFC 3021) and /32 networks do not have.
        public func allowsHost(_ host: IPv4Address) -> Bool {
            guard network.contains(host) else { return false }
            return prefixLength > 30 || (host != network.address && host != network.lastAddress)
        }
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
            + "\"type\": \"string\", \"pattern\": \"^[0-9.]+/([1-9]|[12][0-9]|3[0-2])$\" }")
}
