// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Dataplane
import FreewayConfiguration
package import PacketHeaders
import Synchronization

/// What people say of hosts while workers run. Any thread but a worker's; each change is a step of the control loop.
extension Forwarder {
    /// A host has a MAC, whatever it says itself, until the forwarder stops.
    /// - Returns: false where something was known of it.
    package func addNeighbour(
        _ address: IPAddress, on interface: String? = nil, _ mac: MACAddress
    ) throws(ControlRefusal) -> Bool {
        let number = try number(of: interface)
        return try changeNeighbours { $0.keep(address, on: number, mac) }
    }

    /// Nothing is known of a host any more.
    package func deleteNeighbour(
        _ address: IPAddress, on interface: String? = nil
    ) throws(ControlRefusal) {
        let number = try number(of: interface)
        try changeNeighbours { $0.remove(address, on: number) }
    }

    private func number(of interface: String?) throws(ControlRefusal) -> UInt16? {
        if let interface { try number(ofInterface: interface) } else { nil }
    }

    /// Nothing is known any more of the hosts that were asked for.
    /// - Parameter name: of their interface; nil for all.
    /// - Returns: how many they were.
    package func flushNeighbours(of name: String?) throws(ControlRefusal) -> Int {
        let number = try number(of: name)
        return try changeNeighbours { .success($0.flush(number)) }
    }

    private func number(ofInterface name: String) throws(ControlRefusal) -> UInt16 {
        let tables = state.withLock { $0.tables }
        let index = tables.configuration.interfaces.firstIndex { $0.name == name }
        if let index { return tables.numbers.numbers[index] }
        throw ControlRefusal(
            status: 400,
            ErrorReply(
                code: "unknownInterface",
                message: "interface: the forwarder has no interface \(name.prefix(64))",
                remedy: "freeway interfaces shows them"))
    }

    private func changeNeighbours<Value: Sendable>(
        _ change: @escaping @Sendable (NeighbourKeeper) -> Result<Value, NeighbourKeeper.Refusal>
    ) throws(ControlRefusal) -> Value {
        guard let neighbours, configuration.forward == .route else { throw .notRouting }
        do throws(NeighbourKeeper.Refusal) {
            return try control.perform("change neighbours") { change(neighbours) }.get()
        } catch {
            throw ControlRefusal(
                status: 422,
                ErrorReply(code: "badNeighbour", message: error.message, remedy: error.remedy))
        }
    }
}

extension NeighbourKeeper {
    /// Why nothing was changed.
    struct Refusal: Error {
        let message: String
        var remedy: String?
    }

    /// - Returns: whether nothing was known of the host.
    func keep(
        _ address: IPAddress, on interface: UInt16?, _ mac: MACAddress
    ) -> Result<Bool, Refusal> {
        place(of: address, on: interface).flatMap { key in
            let isNew = states.hosts[key]?.mac == nil
            guard let effects = states.keep(key, mac) else {
                return .failure(
                    Refusal(
                        message: "\(states.limit) neighbours of the interface are known",
                        remedy: "delete some, or give arp.limit a larger number"))
            }
            apply(effects, to: key)
            return .success(isNew)
        }
    }

    func remove(_ address: IPAddress, on interface: UInt16?) -> Result<Void, Refusal> {
        place(of: address, on: interface).flatMap { key in
            guard let effects = states.remove(key, at: now) else {
                return .failure(Refusal(message: "nothing is known of \(address)"))
            }
            apply(effects, to: key)
            return .success(())
        }
    }

    /// - Parameter interface: its number; nil for all.
    func flush(_ interface: UInt16?) -> Int {
        let gone = states.flush(at: now) { key, host in
            host.state != .permanent && key.interface == interface ?? key.interface
        }
        for (key, effects) in gone { apply(effects, to: key) }
        return gone.count
    }

    /// Whose MAC can be told: a host on a network of an interface, or on its link, of which the configuration says nothing.
    /// - Parameter number: the interface's, which a link-local address needs.
    private func place(of address: IPAddress, on number: UInt16?) -> Result<NeighbourKey, Refusal> {
        let isOfLink = address.ipv6?.isLinkLocal == true
        if isOfLink, number == nil {
            return .failure(
                Refusal(
                    message: "\(address) is link-local, so that its interface is needed",
                    remedy: "name it as interface"))
        }
        let candidates = links.values.filter { $0.number == number ?? $0.number }
        let found = candidates.compactMap { link -> (InterfaceLink, InterfaceAddress?)? in
            if isOfLink { return link.linkLocal == nil ? nil : (link, nil) }
            return link.addresses.first { $0.network.contains(address) }.map { (link, $0) }
        }
        guard found.count < 2 else {
            return .failure(
                Refusal(
                    message:
                        "\(address) is on networks of several VRFs, so that its interface is needed",
                    remedy: "name it as interface"))
        }
        guard let (link, own) = found.first else {
            return .failure(
                Refusal(
                    message: number == nil
                        ? "\(address) is on no network of an interface"
                        : "\(address) is on no network of the interface",
                    remedy: "freeway interfaces shows them"))
        }
        let key = NeighbourKey(interface: link.number, address: address)
        guard own?.allowsHost(address) ?? true else {
            return .failure(
                Refusal(
                    message: "\(address) is no host's: it is the network's own, or for all of it"))
        }
        let isOwn =
            isOfLink
            ? link.linkLocal == address.ipv6
            : links.values.contains {
                $0.vrf == link.vrf && $0.addresses.contains { $0.address == address }
            }
        guard !isOwn else {
            return .failure(Refusal(message: "\(address) is an address of our own"))
        }
        guard !statics.contains(key) else {
            return .failure(
                Refusal(
                    message: "\(address) is a neighbour of the configuration",
                    remedy: "change it there, and reload"))
        }
        return .success(key)
    }
}

extension InterfaceAddress {
    /// Whether a host on the network can have the address.
    fileprivate func allowsHost(_ host: IPAddress) -> Bool {
        Configuration.InterfaceAddress(address: address, prefixLength: prefixLength).allowsHost(
            host)
    }
}
