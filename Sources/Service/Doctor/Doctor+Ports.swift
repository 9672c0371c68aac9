// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration

extension Doctor {
    /// What stands in the way of the configuration's ports, and what each interface has.
    func ports() -> [Finding] {
        guard let configuration, let plan else { return [] }
        let problems = HostCheck.problems(ofPortsOf: configuration).map { problem in
            // The remedy is what follows the last semicolon of the sentence.
            let parts = problem.description.split(separator: ";", maxSplits: 1)
            return Finding(
                "configuration", .bad, String(parts[0]),
                remedy: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : nil)
        }
        let interfaces = zip(configuration.ports, plan.ports).flatMap { port, planned in
            [interface(port, planned), doubleForwarding(port)].compactMap(\.self)
        }
        return problems + interfaces
    }

    /// Linux forwards IPv6 everywhere or nowhere: what comes in by the interface would go out twice.
    private func doubleForwarding(_ port: Configuration.Port) -> Finding? {
        guard case .interface(let name) = port.device,
            system.line("/proc/sys/net/ipv6/conf/all/forwarding") == "1",
            system.line("/proc/sys/net/ipv6/conf/\(name)/disable_ipv6") == "0"
        else { return nil }
        return Finding(
            "ports.\(port.name)", .warning,
            "this machine forwards IPv6, and would forward what comes in by \(name) as well",
            remedy: "sudo sysctl -w net.ipv6.conf.\(name).disable_ipv6=1")
    }

    private func interface(
        _ port: Configuration.Port, _ planned: Plan.Port
    ) -> Finding? {
        let path: String
        switch port.device {
        case .interface(let name): path = "/sys/class/net/\(name)"
        default: return nil
        }
        guard system.exists(path) else { return nil }
        let queues = system.names("\(path)/queues").filter { $0.hasPrefix("rx-") }.count
        let isUp = system.line("\(path)/operstate") != "down"
        return Finding(
            "ports.\(port.name)", isUp ? .good : .warning,
            "\(port.device): link \(isUp ? "up" : "down"), \(queues) receive queues in Linux, "
                + "\(planned.rxQueues) used by Freeway"
                + (planned.usesSoftwareRSS ? "; workers share its frames by software RSS" : ""),
            remedy: isUp ? nil : "sudo ip link set \(path.split(separator: "/").last ?? "") up")
    }
}
