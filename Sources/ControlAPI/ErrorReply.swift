// SPDX-License-Identifier: Apache-2.0

/// The body of every reply whose status is 400 or above.
public struct ErrorReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var error: Problem

    public init(
        code: String, message: String, remedy: String? = nil,
        problems: [ConfigurationProblem]? = nil, omitted: Int? = nil
    ) {
        error = Problem(
            code: code, message: message, remedy: remedy, problems: problems, omitted: omitted)
    }

    /// The code of a reply to a path with a drop reason that there is not.
    public static let unknownReasonCode = "unknownReason"

    /// What is wrong and the way out.
    public struct Problem: Codable, Sendable, Equatable {
        /// For programs, lowerCamelCase: `notFound`.
        public var code: String
        /// For people: one sentence.
        public var message: String
        /// What would be right, when there is something to say.
        public var remedy: String?
        /// All that is wrong with a configuration, in the order of its lines, up to 1,000.
        public var problems: [ConfigurationProblem]?
        /// How many more there are than `problems` holds; absent when there are none.
        public var omitted: Int?
    }
}
