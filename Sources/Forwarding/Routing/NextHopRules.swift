// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// What a route over the API may name beside the interfaces of a configuration: the rules of the configuration's
/// own routes.
struct NextHopRules {
    private let configuration: Configuration
    private let networks: VRFNetworks
    /// Of the configuration's interfaces.
    private let numbers: [UInt16]
    private let vrfs: VRFNumbers

    /// - Parameter networks: the configuration's.
    init(
        _ configuration: Configuration, _ networks: VRFNetworks, _ numbers: [UInt16],
        _ vrfs: VRFNumbers? = nil
    ) {
        self.configuration = configuration
        self.networks = networks
        self.numbers = numbers
        self.vrfs = vrfs ?? VRFNumbers(configuration)
    }

    /// Whether a VRF is there.
    func hasVRF(_ number: UInt16) -> Bool { vrfs.names[number] != nil }

    /// The number of a VRF, by its name.
    func number(ofVRF name: String) -> UInt16? { vrfs[name] }

    /// Those of a VRF.
    private func networks(of vrf: UInt16) -> InterfaceNetworks { networks[vrfs.name(vrf)] }

    /// The number of an interface, by its name.
    func number(ofInterface name: String) -> UInt16? {
        configuration.interfaces.firstIndex { $0.name == name }.map { numbers[$0] }
    }

    /// Why a host can be no next hop; nil when it can.
    func problem(with host: NextHopRegistry.Host) -> String? {
        let address = host.address
        if let number = host.interface, address.ipv6?.isLinkLocal != true {
            return problem(with: address, onLinkOf: number)
        }
        if address.ipv6?.isLinkLocal == true {
            guard let number = host.interface else {
                return "\(address) is link-local, so that its interface is needed beside it"
            }
            guard let index = numbers.firstIndex(of: number) else {
                return "the interface of \(address) is not there any more"
            }
            let interface = configuration[interface: index]
            guard interface.hasIPv6 else { return "\(interface.title) has no IPv6 (ipv6: true)" }
            return interface.ownLinkLocal == address
                ? "\(address) is \(interface.title)'s own address" : nil
        }
        // What the routes say of it is looked at elsewhere.
        let networks = networks(of: host.vrf)
        guard let holder = networks.holder(of: address) else { return nil }
        if let own = networks.owner(of: address) {
            return "\(address) is \(configuration[interface: own].title)'s own address"
        }
        guard !holder.address.allowsHost(address) else { return nil }
        let network = holder.address.network
        let kind = address == network.address ? "network's own" : "broadcast"
        return "\(address) is the \(kind) address of \(network)"
    }

    /// Why a host that is on no network can be no next hop on an interface's link; nil when it can.
    private func problem(with address: IPAddress, onLinkOf number: UInt16) -> String? {
        guard let index = numbers.firstIndex(of: number) else {
            return "the interface of \(address) is not there any more"
        }
        let interface = configuration[interface: index]
        if let own = networks[interface.vrf].owner(of: address) {
            return "\(address) is \(configuration[interface: own].title)'s own address"
        }
        return interface.canAsk(for: address)
            ? nil
            : "\(interface.title) has no address of \(address.isIPv4 ? "IPv4" : "IPv6") from which \(address) could be asked for its MAC"
    }

    /// Whether an address is on a network of an interface.
    func isOnNetwork(_ address: IPAddress, in vrf: UInt16) -> Bool {
        networks(of: vrf).holder(of: address) != nil
    }

    /// The VRF that an interface belongs to.
    func vrf(ofInterface number: UInt16) -> UInt16? {
        numbers.firstIndex(of: number).flatMap { vrfs[configuration.vrf(ofInterface: $0)] }
    }

    /// The interface behind which a host is; nil where routes decide that.
    func interface(of host: NextHopRegistry.Host) -> UInt16? {
        host.interface
            ?? networks(of: host.vrf).holder(of: host.address).map { numbers[$0.interface] }
    }

    /// Why a host that no network has can be no next hop, where no route leads to it.
    func problemOfRemote(_ host: NextHopRegistry.Host) -> String {
        "\(host.address) is on no interface's network, and no route but the default leads to it; "
            + networks(of: host.vrf).list(configuration.interfaceName)
    }

    /// Why a prefix can have no route; nil when it can.
    func problem(with prefix: IPPrefix, in vrf: UInt16) -> String? {
        prefix.problemOfScope
            ?? networks(of: vrf).holder(ofNetwork: prefix).map {
                "\(prefix) is \(configuration[interface: $0.interface].title)'s own network, whose hosts are neighbours of it"
            }
    }
}
