// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/config`: the configuration that is in force.
public struct ConfigReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// The file that it was read from.
    public var path: String
    /// The file's text as it was read: the file may have changed since.
    public var yaml: String
    public var loadedAt: Timestamp

    public init(path: String, yaml: String, loadedAt: Timestamp) {
        self.path = path
        self.yaml = yaml
        self.loadedAt = loadedAt
    }
}

extension Endpoint<ConfigReply> {
    public static var config: Self { Self("/v1/config") }
}
