// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

/// A packet in a line of words, such as `ipv4 10.0.0.1 > 192.0.2.7 udp 1000 > 53 ttl 1`.
///
/// First `ipv4`, `ipv6` or `arp` with two addresses, then a protocol with its ports, then options in any
/// order; docs/cli.md lists them. What is not said has a usual value, and every checksum is right.
public struct PacketText: Sendable, Equatable {
    enum Network: Sendable, Equatable {
        case ipv4(source: IPv4Address, destination: IPv4Address)
        case ipv6(source: IPv6Address, destination: IPv6Address)
        /// A request of the first address for the second.
        case arp(sender: IPv4Address, target: IPv4Address)
    }

    enum Transport: Sendable, Equatable {
        case udp(source: UInt16, destination: UInt16)
        case tcp(source: UInt16, destination: UInt16)
        case icmp(type: UInt8, code: UInt8)
        case other(UInt8)
    }

    /// The source MAC unless `from` names one: locally administered, and nobody's.
    static let defaultSource = MACAddress(rawValue: 0x0200_0000_00fe)

    var network: Network
    var transport: Transport?
    /// Of 802.1Q and 802.1ad, outermost first.
    package var tags: [VLANTag] = []
    var sourceMAC: MACAddress?
    var destinationMAC: MACAddress?
    var timeToLive: UInt8 = 64
    var typeOfService: UInt8 = 0
    var identification: UInt16 = 0
    var dontFragment = false
    var moreFragments = false
    /// In bytes, a multiple of 8.
    var fragmentOffset = 0
    /// Of the IP packet; nil for what its parts need.
    var length: Int?
    var tcpFlags: UInt8 = 2
    /// The IPv4 header's; nil for the right one.
    var headerChecksum: UInt16?
    var payload: [UInt8] = []
    /// The options that the text has.
    var given: Set<Option> = []

    init(_ network: Network) { self.network = network }

    /// Reads the words.
    /// - Throws: ``PacketTextError`` for the first word that is wrong.
    public init(_ text: String) throws(PacketTextError) {
        var parser = PacketTextParser(text)
        self = try parser.packet()
    }

    /// What a text may have at most, so that the frame is one that a capture can hold.
    static let longestFrame = 65_535
}

/// What is wrong with a text, where, and what would be right.
public struct PacketTextError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Of a text of several lines, from 1.
    public let line: Int?
    /// In characters, from 1; nil where the whole line is meant.
    public let column: Int?
    public let message: String

    init(column: Int, message: String) {
        line = nil
        self.column = column
        self.message = message
    }

    init(line: Int, message: String) {
        self.line = line
        column = nil
        self.message = message
    }

    public var description: String {
        let place = line.map { "line \($0)" } ?? "column \(column ?? 1)"
        return "\(place): \(message)"
    }
}
