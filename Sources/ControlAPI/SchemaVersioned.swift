// SPDX-License-Identifier: Apache-2.0

/// JSON whose shape has a version, which changes when a property changes its meaning or goes away.
public protocol SchemaVersioned: Codable, Sendable {
    /// The one that this program writes, and the only one that it reads.
    static var currentSchema: Int { get }
    var schemaVersion: Int { get }
}

extension SchemaVersioned {
    public static var currentSchema: Int { 1 }
}
