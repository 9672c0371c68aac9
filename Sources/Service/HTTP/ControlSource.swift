// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
package import Forwarding

/// Where ``ControlServer`` gets its replies. `ForwarderStatus` is one; tests have their own.
///
/// Called on the control plane's threads, several requests at a time. A request must not touch a
/// worker's path. What is thrown becomes a 500 reply and is logged.
package protocol ControlSource: Sendable {
    /// What can be read, in the order of the document.
    static var queries: [Query<Self>] { get }
    /// Puts another configuration in force: all of it or nothing.
    /// - Throws: `ControlRefusal` when it cannot be.
    func reload(_ configuration: ConfigurationSource) async throws -> ReloadReply
    /// Makes changes of routes: all or none.
    /// - Throws: `ControlRefusal` when they cannot be made.
    func change(_ changes: RouteChanges) async throws -> RouteChangeReply
    /// Changes what is known of hosts.
    /// - Throws: `ControlRefusal` when it cannot be.
    func change(_ change: NeighbourChange) async throws -> NeighbourChangeReply
    /// What the stages would do with a frame.
    /// - Throws: `ControlRefusal` when there can be no such frame.
    func explain(_ request: ExplainRequest) async throws -> Explanation
}

/// Where the text of a new configuration comes from.
package enum ConfigurationSource: Sendable, Equatable {
    /// The file that the forwarder was started with.
    case file
    /// A request.
    case text([UInt8])
}
