// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
import Dataplane
import Forwarding
import Foundation
import FreewayConfiguration
import PacketFields
import PacketHeaders
import Synchronization

extension ForwarderStatus {
    /// Walks a copy of the frame through the stages and the tables in force, on a thread of its own.
    package func explain(_ request: ExplainRequest) async throws -> Explanation {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { () throws(ControlRefusal) in try self.explainNow(request) })
            }
        }
    }

    private func explainNow(_ request: ExplainRequest) throws(ControlRefusal) -> Explanation {
        let bytes: [UInt8]
        do throws(PacketTextError) {
            bytes = try HexText.frame(request.hex)
        } catch {
            throw ControlRefusal(
                status: 400, ErrorReply(code: "badRequest", message: "hex, \(error)"))
        }
        let names = forwarder.configuration.ports.map(\.name)
        guard names.contains(request.port) else {
            let near = Spelling.nearest(to: request.port, among: names)
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "unknownPort",
                    message: "port: the forwarder has no port \(request.port.prefix(64))",
                    remedy: (near.map { "did you mean \($0)? There" } ?? "there") + " are "
                        + names.joined(separator: ", ")))
        }
        let most = forwarder.plan.memory.mbufs.dataBytes
        guard bytes.count <= most else {
            throw ControlRefusal(
                status: 400,
                ErrorReply(
                    code: "badRequest",
                    message: "hex: the frame has \(bytes.count) bytes, a buffer of the forwarder "
                        + "holds \(most)",
                    remedy: "longer frames are explained by freeway explain CONFIG"))
        }
        return try forwarder.activity.during(.explain) { () throws(ControlRefusal) in
            try forwarder.explain(bytes, from: request.port)
        }
    }
}
