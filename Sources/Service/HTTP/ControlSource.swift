// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
public import Forwarding
public import FoundationEssentials
public import PacketHeaders

/// Where ``ControlServer`` gets its replies. The supervisor is one; tests have their own.
///
/// Called on the control plane's threads, several requests at a time. A request must not touch a
/// worker's path. What is thrown becomes a 500 reply and is logged.
public protocol ControlSource: Sendable {
    func version() async throws -> VersionReply
    func stats() async throws -> StatsReply
    func ports() async throws -> PortsReply
    func workers() async throws -> WorkersReply
    func drops() async throws -> DropsReply
    /// - Parameter reason: the name of a drop reason.
    func drops(of reason: String) async throws -> DroppedFramesReply
    /// The configuration in force as a `ConfigReply` in JSON, ended by a newline; sent as it is.
    func configJSON() async throws -> ReplyBytes
    /// Puts another configuration in force: all of it or nothing.
    /// - Throws: `ControlRefusal` when it cannot be.
    func reload(_ configuration: ConfigurationSource) async throws -> ReloadReply
    /// Makes changes of routes: all or none.
    /// - Throws: `ControlRefusal` when they cannot be made.
    func change(_ changes: RouteChanges) async throws -> RouteChangeReply
    /// A page of the forwarding table in force.
    /// - Throws: `ControlRefusal` when there is none, or when it is being changed for too long; so do the two below.
    func routes(_ page: RoutePage) async throws -> RoutesReply
    /// What becomes of packets to an address.
    func route(to address: IPv4Address) async throws -> RouteReply
    /// A page of the neighbours in force.
    func neighbours(_ page: NeighbourPage) async throws -> NeighboursReply
    /// What the stages would do with a frame.
    /// - Throws: `ControlRefusal` when there can be no such frame.
    func explain(_ request: ExplainRequest) async throws -> Explanation
    /// The plan as one JSON object with `schemaVersion`; sent as it is.
    func planJSON() async throws -> Data
}

/// Where the text of a new configuration comes from.
public enum ConfigurationSource: Sendable, Equatable {
    /// The file that the forwarder was started with.
    case file
    /// A request.
    case text([UInt8])
}
