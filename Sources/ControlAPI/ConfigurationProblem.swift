// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a configuration, or with changes of routes, that did not take effect.
public struct ConfigurationProblem: Codable, Sendable, Equatable {
    /// What the text was read from: the daemon's file, `PUT /v1/config` or `POST /v1/routes`.
    public var path: String
    /// From 1; absent when the text as a whole is meant.
    public var line: Int?
    /// From 1, in Unicode scalars.
    public var column: Int?
    /// The dotted path of the field; absent when the text as a whole is meant.
    public var field: String?
    public var message: String

    public init(
        path: String, line: Int? = nil, column: Int? = nil, field: String? = nil, message: String
    ) {
        self.path = path
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line, as `freeway check` prints it.
    public var description: String {
        var text = path
        if let line { text += ":\(line)" + (column.map { ":\($0)" } ?? "") }
        if let field { text += ": \(field)" }
        return text + ": " + message
    }
}
