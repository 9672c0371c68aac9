// SPDX-License-Identifier: Apache-2.0

/// The body of `POST /v1/neighbours`: what is to be known of a host, or forgotten.
public struct NeighbourChange: Codable, Sendable, Equatable {
    public enum Action: String, Codable, Sendable, CaseIterable {
        /// The host has the MAC, whatever it says itself, until the forwarder stops.
        case add
        /// Nothing is known of the host any more; it is asked again when a packet goes to it.
        case delete
        /// The same of all hosts that were asked for, or those of an interface.
        case flush
    }

    public var action: Action
    /// Of `add` and `delete`.
    public var address: String?
    /// Of `add`.
    public var mac: String?
    /// The name of an interface: that of a link-local address, or, of `flush`, the one whose hosts are forgotten.
    public var interface: String?

    public init(
        _ action: Action, address: String? = nil, mac: String? = nil, interface: String? = nil
    ) {
        self.action = action
        self.address = address
        self.mac = mac
        self.interface = interface
    }
}

/// `POST /v1/neighbours`: how many hosts it changed.
public struct NeighbourChangeReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var added: Int
    public var replaced: Int
    public var deleted: Int

    public init(added: Int = 0, replaced: Int = 0, deleted: Int = 0) {
        self.added = added
        self.replaced = replaced
        self.deleted = deleted
    }
}

extension Endpoint<NeighbourChangeReply> {
    public static var changeNeighbours: Self { Self("/v1/neighbours", .post) }
}
