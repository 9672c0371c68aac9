// SPDX-License-Identifier: Apache-2.0

/// Ports that stand for each other: those that a list names together, and what is joined by such lists.
struct PortSets {
    private var owners: [String: String] = [:]

    init(_ lists: [[String]]) {
        for ports in lists {
            for port in ports.dropFirst() {
                let (one, other) = (first(of: ports[0]), first(of: port))
                if one != other { owners[max(one, other)] = min(one, other) }
            }
        }
    }

    /// The first, by name, of the ports that stand for this one: itself where there is no other.
    func first(of port: String) -> String {
        var port = port
        while let owner = owners[port] { port = owner }
        return port
    }
}
