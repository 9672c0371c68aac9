// SPDX-License-Identifier: Apache-2.0

/// A key of one of the mappings of the file. `config/freeway.schema.json` lists the same ones.
package protocol ConfigurationKey: RawRepresentable<String>, CaseIterable, Hashable {}

extension ConfigurationKey {
    /// All keys, for a message.
    package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// The keys of the mappings that are no `SettingSection`, in the order in which the documentation gives them.
enum Keys {
    enum Root: String, ConfigurationKey {
        case version, forward, workers, memory, ports, interfaces, crossConnect, routes, neighbours,
            hash, arp, icmp, control, log
    }
    enum Route: String, ConfigurationKey { case to, via, action, metric, track, vrf }
    enum Way: String, ConfigurationKey { case address, weight, interface, onlink, vrf }
    enum NextHop: String, ConfigurationKey { case address, weight, interface, onlink }
    enum Neighbour: String, ConfigurationKey { case port, address, mac }
}
