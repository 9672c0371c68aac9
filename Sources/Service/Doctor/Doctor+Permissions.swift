// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration
import Glibc

extension Doctor {
    func permissions() -> [Finding] {
        guard geteuid() != 0 else {
            return [Finding("permissions", .good, "runs as root")]
        }
        let mask =
            system.value(of: "CapEff", in: "/proc/self/status").flatMap { UInt64($0, radix: 16) }
            ?? 0
        // Their numbers in linux/capability.h.
        let wanted = [("CAP_NET_ADMIN", 12), ("CAP_NET_RAW", 13), ("CAP_IPC_LOCK", 14)]
        let missing = wanted.filter { mask & 1 << UInt64($0.1) == 0 }.map(\.0)
        guard !missing.isEmpty else {
            return [Finding("permissions", .good, "has what interfaces and cards need")]
        }
        let needs = configuration.map { configuration in
            configuration.ports.contains {
                switch $0.device {
                case .pci, .interface, .tap: true
                case .vdev, .pcap: false
                }
            }
        }
        return [
            Finding(
                "permissions", needs == true ? .bad : .neutral,
                "an ordinary user without \(missing.joined(separator: ", ")): enough for replay, test and "
                    + "virtual devices, too little for interfaces and cards",
                remedy: "run as root, or as the service: sudo systemctl start freeway")
        ]
    }

    /// Whether the group that may use the control socket is there.
    func controlGroup() -> [Finding] {
        guard let group = configuration?.control.group else { return [] }
        guard SystemGroup.identifier(group) != nil else {
            let (lack, remedy) = SystemGroup.absence(group)
            return [
                Finding("control", .bad, "control.group: \(lack)", remedy: remedy)
            ]
        }
        return [Finding("control", .good, "the group \(group) may use the socket")]
    }

    /// Whether a forwarder answers already, and whether one could make its socket.
    func forwarder() -> [Finding] {
        let folder = (socketPath as NSString).deletingLastPathComponent
        if system.exists(socketPath) {
            return [
                Finding(
                    "control", .neutral,
                    "\(socketPath) is there: a forwarder runs, or left it behind (run takes over a dead one)"
                )
            ]
        }
        var place = folder
        while !system.exists(place), place.count > 1 {
            place = (place as NSString).deletingLastPathComponent
        }
        guard access(system.root + place, W_OK) == 0 else {
            return [
                Finding(
                    "control", configuration == nil ? .warning : .bad,
                    "no permission to make \(socketPath)",
                    remedy: "run as root, or give another place: freeway run --socket PATH")
            ]
        }
        return [Finding("control", .good, "\(socketPath) can be made")]
    }
}
