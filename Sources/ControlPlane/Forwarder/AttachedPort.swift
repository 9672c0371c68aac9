// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration
import PacketHeaders

/// A port of the plan with its device behind it.
struct AttachedPort: Sendable {
    let planned: Plan.Port
    let configured: Configuration.Port
    let port: Port
    let device: Device
    let mac: MACAddress
    /// What the device had when it was attached.
    let ownMAC: MACAddress
    let driver: String

    /// Attaches the device and sets the port up; it does not run yet.
    /// - Parameters:
    ///   - attachment: the words for DPDK.
    ///   - acceptsAll: whether the device itself must let every frame in.
    static func attach(
        _ planned: Plan.Port, _ configured: Configuration.Port,
        as attachment: Configuration.Device.Attachment, by attach: Forwarder.Devices.Attach,
        in environment: PacketEnvironment, acceptsAll: Bool
    ) throws(ForwarderError) -> AttachedPort {
        let field = "ports.\(planned.name).device"
        var attached: (device: Device, port: Port)?
        do throws(DPDKError) {
            let (device, port) = try attach(attachment)
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
            // What is sent to groups is dropped by name, and not by a filter that counts nothing.
            _ = port.enableAllMulticast()
            return AttachedPort(
                planned: planned, configured: configured, port: port, device: device, mac: mac,
                ownMAC: own, driver: capabilities.driver)
        } catch {
            if let attached {
                try? attached.port.close()
                try? attached.device.detach()
            }
            throw ForwarderError(
                error.naming("\(field): \(planned.device)"), remedy: remedy(planned, error))
        }
    }

    /// The same port as another configuration and its plan want it; the device is not touched.
    func following(_ planned: Plan.Port, _ configured: Configuration.Port) -> AttachedPort {
        AttachedPort(
            planned: planned, configured: configured, port: port, device: device,
            mac: planned.mac ?? ownMAC, ownMAC: ownMAC, driver: driver)
    }

    /// Gives the device, which may run, the MTU of this port where it differs from that of the same port under
    /// the old configuration, and has it let in what is sent to either's address: the tables still have the old
    /// one.
    /// - Throws: when the device has a function for the MTU and refuses; then nothing was changed.
    func prepareDevice(from old: AttachedPort) throws(DPDKError) {
        if planned.mtu != old.planned.mtu { _ = try port.changeMTU(planned.mtu) }
        if mac != old.mac { _ = port.enablePromiscuousMode() }
    }

    /// Gives the device this port's address, and has it let in no more than that needs, once the tables have
    /// the address too.
    func settleDevice(acceptsAll: Bool) {
        func hasMAC() -> Bool { (try? port.macAddress()) == mac.rawValue }
        if !hasMAC() { _ = port.setMACAddress(mac.rawValue) }
        // A device that cannot take our MAC drops our frames unless it takes all.
        let needsAll = acceptsAll || !hasMAC() || configured.admit == .any
        if needsAll != port.isPromiscuous {
            _ = needsAll ? port.enablePromiscuousMode() : port.disablePromiscuousMode()
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
            "no driver of this name is built in; check the spelling (docs/running-on-a-nic.md lists them)"
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
