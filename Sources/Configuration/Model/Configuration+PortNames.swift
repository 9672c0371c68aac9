// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What is wrong with a name that somebody took for a port's, and what would be right; nil for a port's.
    /// - Parameter name: what the message calls the configuration.
    public func problem(
        withPort port: String, calling name: String = "the configuration"
    ) -> String? {
        let names = ports.map(\.name)
        guard !names.contains(port) else { return nil }
        return "\(name) has no port \(port); "
            + (Spelling.nearest(to: port, among: names).map { "did you mean \"\($0)\"? Its" }
                ?? "its")
            + " ports are \(names.joined(separator: ", "))"
    }
}
