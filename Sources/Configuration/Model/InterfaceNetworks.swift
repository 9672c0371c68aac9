// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// The networks of interfaces, to be searched by address: however many there are, a search takes a look-up for each
/// length that a prefix may have. Where several fit, it finds the one that was added first.
public struct InterfaceNetworks: Sendable {
    /// A network, and whose it is.
    public struct Holder: Sendable {
        /// An index into ``Configuration/interfaces``.
        public let interface: Int
        public let address: Configuration.InterfaceAddress
        fileprivate let number: Int
    }

    private var holders: [IPPrefix: Holder] = [:]
    /// By each prefix that holds a network: the first such network. Nil where nobody asks.
    private var within: [IPPrefix: Holder]?
    private var owners: [IPAddress: Int] = [:]
    /// Those that networks of IPv4 and IPv6 have.
    private var lengths: (ofIPv4: Set<Int>, ofIPv6: Set<Int>) = ([], [])
    private var count = 0
    /// The first that were added, for messages.
    private var first: [Holder] = []
    private static let mostShown = 8

    public init() {}

    /// - Parameter findsOverlaps: for `overlap(with:)`, which takes an entry for each bit of a network.
    init(findsOverlaps: Bool) { within = findsOverlaps ? [:] : nil }

    mutating func add(_ addresses: [Configuration.InterfaceAddress], of interface: Int) {
        for address in addresses where !address.isOfLink {
            let holder = Holder(interface: interface, address: address, number: count)
            count += 1
            if first.count < Self.mostShown { first.append(holder) }
            owners[address.address] = owners[address.address] ?? interface
            let network = address.network
            holders[network] = holders[network] ?? holder
            if network.isIPv4 {
                lengths.ofIPv4.insert(network.length)
            } else {
                lengths.ofIPv6.insert(network.length)
            }
            guard within != nil else { continue }
            for length in 0...network.length {
                let prefix = IPPrefix(containing: network.address, length: length)
                if within?[prefix] == nil { within?[prefix] = holder }
            }
        }
    }

    /// The network that holds an address.
    public func holder(of address: IPAddress) -> Holder? {
        holder(of: address, upTo: address.width)
    }

    private func holder(of address: IPAddress, upTo longest: Int) -> Holder? {
        (address.isIPv4 ? lengths.ofIPv4 : lengths.ofIPv6).lazy.filter { $0 <= longest }
            .compactMap { holders[IPPrefix(containing: address, length: $0)] }
            .min { $0.number < $1.number }
    }

    /// A network that has addresses in common with a prefix.
    func overlap(with prefix: IPPrefix) -> Holder? {
        [holder(of: prefix.address, upTo: prefix.length), within?[prefix]].compactMap(\.self)
            .min { $0.number < $1.number }
    }

    /// The network that is a prefix.
    public func holder(ofNetwork prefix: IPPrefix) -> Holder? { holders[prefix] }

    /// The interface whose own address it is.
    public func owner(of address: IPAddress) -> Int? { owners[address] }

    /// `networks are: 192.0.2.0/24 (wan), …`, for a message.
    /// - Parameter name: of an interface.
    public func list(_ name: (Int) -> String) -> String {
        guard count > 0 else { return "no interface has an address" }
        let shown = first.map { "\($0.address.network) (\(name($0.interface)))" }
        let more = count - first.count
        return "networks are: " + shown.joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }
}
