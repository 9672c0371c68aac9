// SPDX-License-Identifier: Apache-2.0

package import DPDK
package import FreewayConfiguration
package import LinuxDevices
package import PacketHeaders

/// A port of the plan with its device behind it.
package struct AttachedPort: Sendable {
    package let planned: Plan.Port
    package let configured: Configuration.Port
    package let port: Port
    let device: Device
    /// What of Linux's the port receives from and sends to; nil when that is a driver's of DPDK.
    package let linux: (any LinuxDevice)?
    /// Keeps other forwarders away from what DPDK's driver uses of Linux's.
    let locks: [DeviceLock]
    package let mac: MACAddress
    /// What the device had when it was attached.
    let ownMAC: MACAddress
    package let driver: String

    /// Attaches the device and sets the port up; it does not run yet.
    /// - Parameters:
    ///   - attachment: the words for DPDK.
    ///   - acceptsAll: whether the device itself must let every frame in.
    static func attach(
        _ planned: Plan.Port, _ configured: Configuration.Port,
        as attachment: Configuration.Device.Attachment, by attach: Forwarder.Devices.Attach,
        in environment: PacketEnvironment, acceptsAll: Bool
    ) throws(ForwarderError) -> AttachedPort {
        var attached: (device: Device, port: Port)?
        var linux: (any LinuxDevice)?
        do {
            let locks = try attachment.interfaces.compactMap(Self.lock)
            let (device, port) = try attach(attachment)
            attached = (device, port)
            let capabilities = try port.capabilities()
            let pool = environment.pool(for: port)
            try port.configure(
                Port.Configuration(
                    rxQueues: planned.rxQueues, txQueues: planned.txQueues,
                    rxDescriptors: planned.rxDescriptors, txDescriptors: planned.txDescriptors,
                    mtu: planned.mtu),
                pool: pool)
            linux = try attachment.backing.map { try $0.device(port, pool, planned) }
            let own = MACAddress(rawValue: try linux?.macAddress ?? port.macAddress())
            let new = AttachedPort(
                planned: planned, configured: configured, port: port, device: device, linux: linux,
                locks: locks, mac: planned.mac ?? own, ownMAC: own,
                driver: linux?.driver ?? capabilities.driver)
            try new.beginDevice(acceptsAll: acceptsAll)
            return new
        } catch {
            if let attached {
                try? attached.port.close()
                try? attached.device.detach()
            }
            linux?.close()
            throw Self.failure(error, planned)
        }
    }

    private static func lock(_ interface: String) throws -> DeviceLock? {
        guard let index = try NetworkInterface(named: interface)?.index else { return nil }
        do throws(DeviceLock.Taken) {
            return try DeviceLock(interface: index)
        } catch {
            throw LinuxError(error, of: interface)
        }
    }

    /// The same port as another configuration and its plan want it; the device is not touched.
    func following(_ planned: Plan.Port, _ configured: Configuration.Port) -> AttachedPort {
        AttachedPort(
            planned: planned, configured: configured, port: port, device: device, linux: linux,
            locks: locks, mac: planned.mac ?? ownMAC, ownMAC: ownMAC, driver: driver)
    }

    /// Starts the port: from now on the device takes frames in.
    func start() throws(ForwarderError) {
        do throws(DPDKError) {
            try port.start()
        } catch {
            throw Self.failure(error, planned)
        }
    }

    private static func failure(_ error: any Error, _ planned: Plan.Port) -> ForwarderError {
        let subject = "ports.\(planned.name).device: \(planned.device)"
        if let error = error as? LinuxError {
            return ForwarderError(naming: subject, error)
        }
        guard let error = error as? DPDKError else {
            return ForwarderError(.memoryOrDevice, "\(subject): \(error)")
        }
        return ForwarderError(
            DPDKError(
                code: error.code, operation: "\(subject): \(error.operation)",
                logLine: error.logLine),
            remedy: remedy(planned, error))
    }

    private static func remedy(_ planned: Plan.Port, _ error: DPDKError) -> String {
        switch planned.device {
        case .vdev where error.logLine?.contains("failed to parse device") == true:
            "no driver of this name is built in; check the spelling (docs/running-on-a-nic.md lists them)"
        case .pci(let address):
            "bind the card with dpdk-devbind.py --bind=vfio-pci \(address), and give this user "
                + "/dev/vfio; docs/running-on-a-nic.md"
        case .interface, .tap, .vdev, .pcap:
            "check the device's name and arguments"
        }
    }

    /// Stops the port and takes the device away.
    func detach() {
        try? port.stop()
        try? port.close()
        try? device.detach()
        linux?.close()
    }
}

extension Configuration.Device.Attachment.Backing {
    /// Takes hold of it for a port whose queues are set up.
    fileprivate func device(
        _ port: Port, _ pool: Mempool, _ planned: Plan.Port
    ) throws -> any LinuxDevice {
        switch self {
        case .interface(let name):
            try InterfaceDevice(
                name, port: port, pool: pool, transmitQueues: planned.txQueues,
                mtu: planned.linuxMTU)
        case .tap(let name):
            try TAPDevice(
                name, address: planned.mac?.rawValue ?? 0, port: port, pool: pool,
                transmitQueues: planned.txQueues, mtu: planned.linuxMTU)
        }
    }
}
