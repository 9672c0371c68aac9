// SPDX-License-Identifier: Apache-2.0

/// One thing that a case expects and that did not come true.
public struct CaseFailure: Codable, Sendable, Equatable {
    /// Which expectation it is.
    public enum Kind: String, Codable, Sendable {
        /// The frames that left a port differ from its expect file.
        case frames
        /// The frames that left differ from the packets of `expect` in case.yaml.
        case packets
        /// Flows or frames are shared out otherwise than `shares` in case.yaml says.
        case shares
        /// A port of which nothing is expected sent something, and the case says `nothingElse`.
        case nothingElse
        /// A frame of `frames` in case.yaml has other fields.
        case fields
        /// Frames by drop reason differ from `drops` in case.yaml.
        case drops
        /// The reply to a query differs from what its step expects.
        case query
        /// Another number of workers sent something else.
        case workers
    }

    public var kind: Kind
    /// The port that is meant; absent when it is none in particular.
    public var port: String?
    /// Names of the fields that differ, such as `ipv4.timeToLive`; empty when there are none to name.
    public var fields: [String]
    /// For a person: what was expected, what was found, and why; lines without a newline at the end.
    public var text: String

    public init(_ kind: Kind, port: String? = nil, fields: [String] = [], text: String) {
        self.kind = kind
        self.port = port
        self.fields = fields
        self.text = text
    }
}
