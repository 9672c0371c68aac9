// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Forwarding
import FreewayConfiguration
import PacketHeaders

extension ForwarderStatus {
    /// Changes what is known of hosts. It takes a step of the control loop.
    package func change(_ change: NeighbourChange) async throws -> NeighbourChangeReply {
        try await OwnThread.run { try self.changeNow(change) }
    }

    private func changeNow(_ change: NeighbourChange) throws(ControlRefusal) -> NeighbourChangeReply
    {
        switch change.action {
        case .add:
            let host = try Self.address(change.address)
            guard let mac = change.mac.flatMap(MACAddress.init), !mac.isGroup, mac.rawValue != 0
            else {
                throw Self.refusal(
                    "mac",
                    "found \"\((change.mac ?? "").prefix(64))\", expected a host's MAC address",
                    "write it like 02:00:00:00:01:09")
            }
            let isNew = try forwarder.addNeighbour(host, on: change.interface, mac)
            return NeighbourChangeReply(added: isNew ? 1 : 0, replaced: isNew ? 0 : 1)
        case .delete:
            try forwarder.deleteNeighbour(Self.address(change.address), on: change.interface)
            return NeighbourChangeReply(deleted: 1)
        case .flush:
            return NeighbourChangeReply(
                deleted: try forwarder.flushNeighbours(of: change.interface))
        }
    }

    private static func address(_ text: String?) throws(ControlRefusal) -> IPAddress {
        if let address = text.flatMap({ IPAddress($0) }) { return address }
        throw refusal(
            "address", "found \"\((text ?? "").prefix(64))\", expected an address",
            "write it like 192.0.2.9 or 2001:db8::9")
    }

    private static func refusal(
        _ key: String, _ message: String, _ remedy: String
    ) -> ControlRefusal {
        ControlRefusal(
            status: 400,
            ErrorReply(code: "badRequest", message: "\(key): \(message)", remedy: remedy))
    }
}
