// SPDX-License-Identifier: Apache-2.0

/// A capture file that cannot be used: which, why, and the way out.
public struct CaptureError: Error, Sendable, Equatable {
    public enum Kind: Sendable {
        /// The file cannot be opened or read.
        case unreadable
        /// The file is no capture, or not one that a forwarder of Ethernet frames can take.
        case malformed
        /// The file cannot be created or written.
        case unwritable
        /// Whoever asked wants no more of it.
        case interrupted
    }

    /// What stands for a path where it is `-`.
    public static let standardOutput = "standard output"

    public let kind: Kind
    public let path: String
    public let reason: String

    public init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }
}

extension CaptureError: CustomStringConvertible {
    public var description: String { "\(path): \(reason)" }
}
