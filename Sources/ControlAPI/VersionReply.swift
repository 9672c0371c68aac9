// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/version`.
public struct VersionReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// Freeway's own version.
    public var version: String
    /// The DPDK whose headers it was built with.
    public var dpdkBuild: String
    /// The DPDK that is linked in.
    public var dpdkRuntime: String
    /// The Swift compiler that built it.
    public var swift: String
    public var pid: Int32
    public var startedAt: Timestamp

    public init(
        version: String, dpdkBuild: String, dpdkRuntime: String, swift: String, pid: Int32,
        startedAt: Timestamp
    ) {
        self.version = version
        self.dpdkBuild = dpdkBuild
        self.dpdkRuntime = dpdkRuntime
        self.swift = swift
        self.pid = pid
        self.startedAt = startedAt
    }
}

extension Endpoint<VersionReply> {
    public static var version: Self { Self("/v1/version") }
}
