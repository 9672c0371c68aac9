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
        _ address: IPv4Address, _ mac: MACAddress
    ) throws(ControlRefusal) -> Bool {
        try changeNeighbours { $0.keep(address, mac) }
    }

    /// Nothing is known of a host any more.
    package func deleteNeighbour(_ address: IPv4Address) throws(ControlRefusal) {
        try changeNeighbours { $0.remove(address) }
    }

    /// Nothing is known any more of the hosts that were asked for.
    /// - Parameter name: of their interface; nil for all.
    /// - Returns: how many they were.
    package func flushNeighbours(of name: String?) throws(ControlRefusal) -> Int {
        let number: UInt16? = if let name { try self.number(ofInterface: name) } else { nil }
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
    func keep(_ address: IPv4Address, _ mac: MACAddress) -> Result<Bool, Refusal> {
        place(of: address).flatMap { key in
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

    func remove(_ address: IPv4Address) -> Result<Void, Refusal> {
        place(of: address).flatMap { key in
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

    /// Whose MAC can be told: a host on a network of an interface, of which the configuration says nothing.
    private func place(of address: IPv4Address) -> Result<NeighbourKey, Refusal> {
        let found = links.values.lazy.compactMap { link in
            link.addresses.first {
                IPv4Prefix(containing: $0.address, length: $0.prefixLength).contains(address)
            }.map { (link, $0) }
        }.first
        guard let (link, own) = found else {
            return .failure(
                Refusal(
                    message: "\(address) is on no network of an interface",
                    remedy: "freeway interfaces shows them"))
        }
        let key = NeighbourKey(interface: link.number, address: address)
        guard own.allowsHost(address) else {
            return .failure(
                Refusal(
                    message: "\(address) is no host's: it is the network's own, or for all of it"))
        }
        guard !links.values.contains(where: { $0.addresses.contains { $0.address == address } })
        else { return .failure(Refusal(message: "\(address) is an address of our own")) }
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
    /// Whether a host on the network can have the address (RFC 3021: /31 and /32 have no others).
    fileprivate func allowsHost(_ host: IPv4Address) -> Bool {
        let network = IPv4Prefix(containing: address, length: prefixLength)
        return prefixLength > 30 || (host != network.address && host != network.lastAddress)
    }
}
