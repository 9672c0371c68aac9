// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The ports and interfaces of a file while the rest of it is checked against them.
struct DecodedPorts {
    /// One for each name, also where other things about the port are wrong.
    private(set) var ports: [Configuration.Port] = []
    /// Those of tagged frames; once all ports are there.
    private(set) var vlanInterfaces: [Configuration.Interface] = []
    /// Parallel to `ports`, but for those that are no mappings.
    var fields: [Fields<SectionKey<Configuration.Port>>] = []
    /// Of `vlanInterfaces`, in the same way.
    var interfaceFields: [Fields<SectionKey<Configuration.Interface>>] = []
    /// An address or a port could not be understood, so that a next hop which seems to be on no
    /// network may well be on one.
    var networksAreUncertain = false
    private(set) var networks = VRFNetworks(findsOverlaps: true)
    private(set) var vrfs: Set<String> = [Configuration.VRF.main]
    /// Of ports and interfaces, as an index into ``Configuration/interfaces``.
    private var indices: [String: Int] = [:]

    mutating func add(_ port: Configuration.Port) {
        networks.add(port.addresses, of: ports.count, in: port.vrf)
        vrfs.insert(port.vrf)
        indices[port.name] = ports.count
        ports.append(port)
    }

    mutating func add(_ interface: Configuration.Interface) {
        networks.add(interface.addresses, of: count, in: interface.vrf)
        vrfs.insert(interface.vrf)
        indices[interface.name] = count
        vlanInterfaces.append(interface)
    }

    var count: Int { ports.count + vlanInterfaces.count }

    func index(named name: String) -> Int? { indices[name] }

    /// What a name that is none may have been meant for; looks at so many at most, since a file can have thousands
    /// of both.
    func hint(for name: String) -> String {
        let parts = name.split(separator: ".", maxSplits: 1)
        if parts.count == 2, ports.contains(where: { $0.name == parts[0] }) {
            return "add \"\(name.onOneLine):\" to interfaces"
        }
        let most = 32
        let names = ports.map(\.name) + vlanInterfaces.lazy.prefix(most).map(\.name)
        if let near = Spelling.nearest(to: name, among: names) {
            return "did you mean \"\(near)\"?"
        }
        let shown = names.prefix(Configuration.Port.maximumCount).joined(separator: ", ")
        guard !vlanInterfaces.isEmpty else { return "the ports are \(shown)" }
        return "there are \(shown)"
            + (count > Configuration.Port.maximumCount ? ", and more" : "")
    }

    func name(_ index: Int) -> String {
        index < ports.count ? ports[index].name : vlanInterfaces[index - ports.count].name
    }

    /// As messages call an interface.
    func title(_ index: Int) -> String {
        (index < ports.count ? "port " : "interface ") + name(index)
    }

    func addresses(_ index: Int) -> [Configuration.InterfaceAddress] {
        index < ports.count ? ports[index].addresses : vlanInterfaces[index - ports.count].addresses
    }

    func hasIPv6(_ index: Int) -> Bool {
        index < ports.count ? ports[index].hasIPv6 : vlanInterfaces[index - ports.count].hasIPv6
    }

    /// Whether hosts on the interface's link can be asked for their MAC.
    func canAsk(_ index: Int, isIPv4: Bool) -> Bool {
        isIPv4 ? addresses(index).contains { $0.address.isIPv4 } : hasIPv6(index)
    }

    /// The VRF that an interface belongs to.
    func vrf(_ index: Int) -> String {
        index < ports.count ? ports[index].vrf : vlanInterfaces[index - ports.count].vrf
    }

    /// For a message.
    func networkList(_ vrf: String) -> String { networks[vrf].list(name) }
}
