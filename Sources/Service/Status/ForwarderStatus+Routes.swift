// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
package import Forwarding
import Foundation
import FreewayConfiguration
import Logging

extension ForwarderStatus {
    /// How long a reload or changes of routes wait for others of their kind, which may take seconds.
    static let patience = Duration.seconds(30)

    /// Makes all changes or none, on a thread of its own: a million take seconds.
    package func change(_ changes: RouteChanges) async throws -> RouteChangeReply {
        try await OwnThread.run { try self.changeNow(changes) }
    }

    private func changeNow(_ changes: RouteChanges) throws -> RouteChangeReply {
        let clock = ContinuousClock()
        let began = clock.now
        do throws(Forwarder.RouteRefusal) {
            let outcome = try forwarder.change(changes, patience: Self.patience)
            let reply = RouteChangeReply(
                added: outcome.count.added, replaced: outcome.count.replaced,
                deleted: outcome.count.deleted, routes: outcome.routesOfAPI,
                seconds: (clock.now - began) / .seconds(1))
            reloading?.logger.debug(
                "routes changed over the API",
                metadata: [
                    "routes": "+\(reply.added) -\(reply.deleted) ~\(reply.replaced)",
                    "seconds": "\(reply.seconds)",
                ])
            return reply
        } catch {
            throw ControlRefusal(error)
        }
    }
}

extension ControlRefusal {
    fileprivate init(_ refusal: Forwarder.RouteRefusal) {
        switch refusal {
        case .problems(let changes): self = changes.refusal
        case .busy:
            self.init(
                status: 409,
                ErrorReply(
                    code: "busy", message: "a reload or other changes of routes are under way",
                    remedy: "try again once they are done"))
        case .notRouting: self = .notRouting
        case .full(let failure):
            self.init(
                status: 422,
                ErrorReply(
                    code: "tableFull", message: "no route was changed: \(failure.obstacle)",
                    remedy: failure.remedy))
        }
    }
}
