// SPDX-License-Identifier: Apache-2.0

public import Forwarding
import Foundation
public import FreewayConfiguration
import LinuxDevices

/// Looks whether this machine has what a configuration asks for: devices, their drivers, permissions,
/// huge pages and the group of the control socket. Looks only; changes nothing.
public struct HostCheck: Sendable {
    /// One thing that stands in the way.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public let code: ForwarderError.Code
        public let description: String
    }

    public let problems: [Problem]

    public init(_ configuration: Configuration, plan: Plan) {
        problems =
            Self.problems(ofPortsOf: configuration)
            + Self.problems(of: plan.memory, path: configuration.path)
            + Self.problems(ofControlOf: configuration)
    }

    /// What stands in the way of the devices alone.
    static func problems(ofPortsOf configuration: Configuration) -> [Problem] {
        configuration.ports.flatMap { port in
            let field =
                "\(configuration.path)\(port.origin.location.map { ":\($0)" } ?? ""): "
                + "ports.\(port.name).device: "
            return problems(of: port).map {
                Problem(code: $0.code, description: field + $0.description)
            }
        }
    }

    /// All problems as one error; nil when there are none.
    public var error: ForwarderError? {
        problems.first.map {
            ForwarderError($0.code, problems.map(\.description).joined(separator: "\n"))
        }
    }

    private static func problems(ofControlOf configuration: Configuration) -> [Problem] {
        guard let group = configuration.control.group, SystemGroup.identifier(group) == nil else {
            return []
        }
        let place = configuration.location(of: "control.group").map { ":\($0)" } ?? ""
        let (lack, remedy) = SystemGroup.absence(group)
        return [
            Problem(
                code: .badConfiguration,
                description:
                    "\(configuration.path)\(place): control.group: \(lack); create it with "
                    + "\(remedy), or name another")
        ]
    }

    private static func problems(of port: Configuration.Port) -> [Problem] {
        switch port.device {
        case .pci(let address): pci(address)
        case .interface(let name): interface(name, mtu: port.mtu)
        case .pcap(let file, let output, _): capture(file, output)
        case .tap: packetCapability("make TAP interfaces")
        case .vdev: []
        }
    }

    /// Linux's drivers under which DPDK can drive a card.
    static let userSpaceDrivers = [
        "vfio-pci", "uio_pci_generic", "igb_uio", "mlx4_core", "mlx5_core",
    ]

    private static func pci(_ address: String) -> [Problem] {
        let folder = "/sys/bus/pci/devices/\(address)"
        guard FileManager.default.fileExists(atPath: folder) else {
            return [
                Problem(
                    code: .memoryOrDevice,
                    description: "there is no PCI device \(address); lspci -D lists those there are"
                )
            ]
        }
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/driver")
        let driver = link?.split(separator: "/").last.map(String.init)
        guard let driver, userSpaceDrivers.contains(driver) else {
            return [
                Problem(
                    code: .memoryOrDevice,
                    description:
                        "\(address) is bound to \(driver ?? "no driver"); bind it with "
                        + "dpdk-devbind.py --bind=vfio-pci \(address)")
            ]
        }
        let group = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "\(folder)/iommu_group")
        // Without an IOMMU the group is one that vfio makes itself, which only opening it tells.
        guard driver == "vfio-pci", let group = group?.split(separator: "/").last else { return [] }
        guard access("/dev/vfio/\(group)", R_OK | W_OK) == 0 else {
            return [
                Problem(
                    code: .noPermission,
                    description: "no permission for /dev/vfio/\(group), the IOMMU group of "
                        + "\(address); run as root, or give this user that file")
            ]
        }
        return []
    }

    private static func interface(_ name: String, mtu: Int) -> [Problem] {
        guard let interface = try? NetworkInterface(named: name) else {
            let interfaces =
                ((try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")) ?? [])
                .sorted()
            return [
                Problem(
                    code: .memoryOrDevice,
                    description: "there is no interface \(name); this machine has "
                        + interfaces.joined(separator: ", "))
            ]
        }
        guard mtu <= interface.mtuRange.upperBound else {
            return [
                Problem(
                    code: .memoryOrDevice,
                    description:
                        "\(name) takes an MTU of at most \(interface.mtuRange.upperBound), and "
                        + "mtu: \(mtu) is asked for; lower mtu")
            ]
        }
        return packetCapability("open packet sockets")
    }

    private static func capture(_ file: String, _ output: String?) -> [Problem] {
        var problems: [Problem] = []
        if access(file, R_OK) != 0 {
            problems.append(
                Problem(
                    code: .unreadableInput,
                    description: "\(file): \(String(cString: strerror(errno)))"))
        }
        if let output {
            let folder = (output as NSString).deletingLastPathComponent
            if access(folder.isEmpty ? "." : folder, W_OK) != 0 {
                problems.append(
                    Problem(
                        code: .outputNotCreated,
                        description: "\(output): \(String(cString: strerror(errno)))"))
            }
        }
        return problems
    }

    /// Root, or a process with the effective capabilities CAP_NET_ADMIN (bit 12), which settings of
    /// interfaces and TAPs need, and CAP_NET_RAW (bit 13), which packet sockets need.
    private static func packetCapability(_ purpose: String) -> [Problem] {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap {
            UInt64($0, radix: 16)
        }
        guard let mask, ~mask & 3 << 12 != 0 else { return [] }
        return [
            Problem(
                code: .noPermission,
                description: "no permission to \(purpose); run as root, or with CAP_NET_RAW and "
                    + "CAP_NET_ADMIN")
        ]
    }

    private static func problems(of memory: Plan.Memory, path: String) -> [Problem] {
        var problems: [Problem] = []
        if memory.pages == .huge, let warning = memory.shortage {
            problems.append(
                Problem(code: .memoryOrDevice, description: "\(path): memory.pages: \(warning)"))
        }
        if let shortage = AvailableMemory()?.shortage(of: memory.ordinaryMegabytes) {
            problems.append(
                Problem(
                    code: .memoryOrDevice,
                    description: "\(path): memory: \(shortage), or lower memory.routes and workers")
            )
        }
        return problems
    }
}
