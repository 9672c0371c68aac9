// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// A device as EAL's bus knows it, such as `net_pcap0` or a PCI address.
public struct Device: Hashable, Sendable {
    public enum Bus: String, Sendable { case pci, vdev }

    public let bus: Bus
    public let name: String

    /// Names a device that was attached by other means.
    public init(bus: Bus, name: String) {
        self.bus = bus
        self.name = name
    }

    /// Attaches a device and gives the ports that it brings. Wraps `rte_eal_hotplug_add`.
    ///
    /// Devices are attached one by one because `rte_eal_init` carries on without those that fail.
    /// - Parameter arguments: the driver's arguments, joined by commas; a comma inside a value
    ///   cannot be expressed.
    /// - Throws: `DPDKError` with DPDK's own last words.
    public static func attach(
        bus: Bus, name: String, arguments: String = ""
    ) throws(DPDKError) -> (device: Device, port: Port) {
        // DPDK attaches nothing then, and calls that a success.
        var port: UInt16 = 0
        guard rte_eth_dev_get_port_by_name(name, &port) != 0 else {
            throw DPDKError(code: EEXIST, operation: "attach device \(name)", logLine: nil)
        }
        LogCapture.shared.clear()
        let status = rte_eal_hotplug_add(bus.rawValue, name, arguments)
        guard status >= 0 else {
            // The driver speaks first; what the bus says after it only repeats that it failed.
            throw DPDKError(
                code: -status, operation: "attach device \(name)",
                logLine: LogCapture.shared.firstLine)
        }
        do throws(DPDKError) {
            try check(
                rte_eth_dev_get_port_by_name(name, &port), "find the port of device \(name)")
        } catch {
            // A device of another kind, such as net_vdev_netvsc: nobody would know of it.
            rte_eal_hotplug_remove(bus.rawValue, name)
            throw error
        }
        return (Device(bus: bus, name: name), Port(index: port))
    }

    /// Takes the device away. Its port must be stopped. Wraps `rte_eal_hotplug_remove`.
    public func detach() throws(DPDKError) {
        try check(rte_eal_hotplug_remove(bus.rawValue, name), "detach device \(name)")
    }
}
