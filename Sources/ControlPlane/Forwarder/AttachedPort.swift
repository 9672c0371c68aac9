// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration
import PacketHeaders

/// A port of the plan with its device behind it.
struct AttachedPort {
    let planned: Plan.Port
    let configured: Configuration.Port
    let port: Port
    let device: Device
    let mac: MACAddress
    let driver: String

    /// Attaches the device and sets the port up; it does not run yet.
    /// - Parameters:
    ///   - attachment: the words for DPDK.
    ///   - acceptsAll: whether the device itself must let every frame in.
    static func attach(
        _ planned: Plan.Port, _ configured: Configuration.Port,
        as attachment: Configuration.Device.Attachment, in environment: PacketEnvironment,
        acceptsAll: Bool
    ) throws(ForwarderError) -> AttachedPort {
        let field = "ports.\(planned.name).device"
        var attached: (device: Device, port: Port)?
        do throws(DPDKError) {
            let (device, port) = try Device.attach(
                bus: attachment.bus == "pci" ? .pci : .vdev, name: attachment.name,
                arguments: attachment.arguments)
            attached = (device, port)
            let capabilities = try port.capabilities()
            try port.configure(
                Port.Configuration(
                    rxQueues: planned.rxQueues, txQueues: planned.txQueues,
                    rxDescriptors: planned.rxDescriptors, txDescriptors: planned.txDescriptors,
                    mtu: planned.mtu),
                pool: environment.pool(for: port))
            let own = MACAddress(rawValue: try port.macAddress())
            let mac = planned.mac ?? own
            let isSet = mac == own || port.setMACAddress(mac.rawValue)
            _ = port.setMTU(planned.mtu)
            // A device that cannot take our MAC drops our frames unless it takes all.
            if acceptsAll || !isSet || configured.admit == .any { _ = port.enablePromiscuousMode() }
            return AttachedPort(
                planned: planned, configured: configured, port: port, device: device, mac: mac,
                driver: capabilities.driver)
        } catch {
            if let attached {
                try? attached.port.close()
                try? attached.device.detach()
            }
            throw ForwarderError(
                error.naming("\(field): \(planned.device)"), remedy: remedy(planned, error))
        }
    }

    /// Starts the port: from now on the device takes frames in.
    func start() throws(ForwarderError) {
        do throws(DPDKError) {
            try port.start()
        } catch {
            throw ForwarderError(
                error.naming("ports.\(planned.name).device: \(planned.device)"),
                remedy: Self.remedy(planned, error))
        }
    }

    private static func remedy(_ planned: Plan.Port, _ error: DPDKError) -> String {
        switch planned.device {
        case .vdev where error.logLine?.contains("failed to parse device") == true:
            "DPDK has no driver of this name; check the spelling, or install the driver's package "
                + "(apt-cache search librte-net-)"
        case .pci(let address):
            "bind the card with dpdk-devbind.py --bind=vfio-pci \(address), and give this user "
                + "/dev/vfio; docs/running-on-a-nic.md"
        case .interface, .tap:
            "check that the name is free for it, and run as root, or with the capabilities "
                + "CAP_NET_RAW and CAP_NET_ADMIN"
        case .vdev, .pcap:
            "check the device's name and arguments"
        }
    }

    /// Stops the port and takes the device away.
    func detach() {
        try? port.stop()
        try? port.close()
        try? device.detach()
    }
}

extension DPDKError {
    /// The same error, with what it is about in front.
    fileprivate func naming(_ subject: String) -> DPDKError {
        DPDKError(code: code, operation: "\(subject): \(operation)", logLine: logLine)
    }
}
