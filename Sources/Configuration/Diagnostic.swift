// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong, or doubtful, in a configuration file.
public struct Diagnostic: Hashable, Sendable {
    /// The file as the caller named it.
    public let path: String
    /// Absent when the file as a whole is meant.
    public let location: Location?
    /// The dotted path of the field, such as `ports.wan.mtu` or `routes[2].via`; empty for the whole file.
    public let field: String
    /// What was found, what would be right, and the nearest valid word.
    public let message: String

    public init(path: String, location: Location? = nil, field: String = "", message: String) {
        self.path = path
        self.location = location
        self.field = field
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line: `router.yaml:14:5: ports.wan.adresses: unknown key; did you mean "addresses"?`
    public var description: String {
        var text = path
        if let location { text += ":\(location)" }
        if !field.isEmpty { text += ": \(field)" }
        return text + ": " + message
    }
}
