// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/ports`.
public struct PortsReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    /// In the order of the configuration.
    public var ports: [PortStatus]

    public init(time: Timestamp, ports: [PortStatus]) {
        self.time = time
        self.ports = ports
    }
}

extension Endpoint<PortsReply> {
    public static var ports: Self { Self("/v1/ports") }
}
