// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration

extension Doctor {
    func iommu() -> [Finding] {
        var findings: [Finding] = []
        let groups = system.names("/sys/kernel/iommu_groups").count
        if groups > 0 {
            findings.append(Finding("iommu", .good, "on, \(groups) groups"))
        } else {
            let isAMD = system.text("/proc/cpuinfo")?.contains("AuthenticAMD") == true
            findings.append(
                Finding(
                    "iommu", severityForCards == .bad ? .warning : .neutral,
                    "off, or there is none: VFIO works only without its protection",
                    remedy: (isAMD
                        ? "switch AMD-Vi on in the firmware"
                        : "switch VT-d on in the firmware, add intel_iommu=on")
                        + (isAMD ? ", add iommu=pt" : " iommu=pt")
                        + " to the kernel's command line and reboot"))
        }
        if system.exists("/sys/module/vfio_pci") {
            findings.append(Finding("vfio", .good, "the module vfio-pci is loaded"))
        } else {
            findings.append(
                Finding(
                    "vfio", wantsCard && configuration != nil ? .warning : .neutral,
                    "the module vfio-pci is not loaded; cards of Mellanox do without",
                    remedy: "sudo modprobe vfio-pci"))
        }
        return findings
    }

    /// The network cards of this machine, whether a configuration names them or not.
    func cards() -> [Finding] {
        let folder = "/sys/bus/pci/devices"
        let cards = system.names(folder).filter {
            system.line("\(folder)/\($0)/class")?.hasPrefix("0x0200") == true
        }
        guard !cards.isEmpty else {
            return [Finding("cards", .neutral, "no PCI network card in this machine")]
        }
        return cards.map { address in
            let path = "\(folder)/\(address)"
            let driver = system.linkName("\(path)/driver")
            // virtio puts its own device between the card and the interface.
            let owners =
                [path]
                + system.names(path).filter { $0.hasPrefix("virtio") }.map { "\(path)/\($0)" }
            let interfaces = owners.flatMap { system.names("\($0)/net") }
            let queues = interfaces.flatMap {
                system.names("/sys/class/net/\($0)/queues").filter { $0.hasPrefix("rx-") }
            }.count
            var text = "\(address) is bound to \(driver ?? "no driver")"
            if !interfaces.isEmpty {
                text +=
                    ", in Linux \(interfaces.joined(separator: ", ")) with \(queues) receive queues"
            }
            let isInUse = interfaces.contains {
                system.line("/sys/class/net/\($0)/operstate") == "up"
            }
            if isInUse { text += ", in use by Linux" }
            let isForDPDK = driver.map(HostCheck.userSpaceDrivers.contains) ?? false
            return Finding(
                "cards", .neutral, text,
                remedy: isForDPDK || isInUse
                    ? nil : "sudo dpdk-devbind.py --bind=vfio-pci \(address)")
        }
    }
}
