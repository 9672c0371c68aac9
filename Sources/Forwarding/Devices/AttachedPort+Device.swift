// SPDX-License-Identifier: Apache-2.0

package import DPDK
import FreewayConfiguration
import LinuxDevices
import PacketHeaders

/// What a port's device is asked and told, whoever serves it. One caller at a time.
extension AttachedPort {
    /// Gives the device the port's MTU and address, and has it let frames in for these. A device of DPDK's that
    /// has no function for it stays as it is.
    /// - Parameter acceptsAll: whether the device itself must let every frame in.
    func beginDevice(acceptsAll: Bool) throws(LinuxError) {
        if linux == nil {
            _ = port.setMTU(planned.mtu)
            // What is sent to groups is dropped by name, and not by a filter that counts nothing.
            _ = port.enableAllMulticast()
        }
        try settleDevice(acceptsAll: acceptsAll)
    }

    /// Gives the device, which may run, the MTU of this port where it differs from that of the same port under
    /// the old configuration, and has it let in what is sent to either's address: the tables still have the old
    /// one.
    /// - Throws: when the device has a function for it and refuses; then nothing was changed.
    func prepareDevice(from old: AttachedPort) throws {
        if let linux {
            if planned.linuxMTU != old.planned.linuxMTU { try linux.setMTU(planned.linuxMTU) }
        } else if planned.mtu != old.planned.mtu {
            _ = try port.changeMTU(planned.mtu)
        }
        guard mac != old.mac else { return }
        if let linux {
            try linux.admit(macAddress: mac.rawValue, all: true)
        } else {
            _ = port.enablePromiscuousMode()
        }
    }

    /// Gives the device this port's address, and has it let in no more than that needs, once the tables have
    /// the address too.
    func settleDevice(acceptsAll: Bool) throws(LinuxError) {
        let wantsAll = acceptsAll || configured.admit == .any
        if let linux { return try linux.admit(macAddress: mac.rawValue, all: wantsAll) }
        func hasMAC() -> Bool { (try? port.macAddress()) == mac.rawValue }
        if !hasMAC() { _ = port.setMACAddress(mac.rawValue) }
        // A device that cannot take our MAC drops our frames unless it takes all.
        let needsAll = wantsAll || !hasMAC()
        if needsAll != port.isPromiscuous {
            _ = needsAll ? port.enablePromiscuousMode() : port.disablePromiscuousMode()
        }
    }

    package var isPromiscuous: Bool { linux?.isPromiscuous ?? port.isPromiscuous }

    /// The link of a live forwarder's device; nil when it cannot be asked.
    var link: DeviceLink? {
        if let linux { return linux.refresh() }
        return (try? port.link()).map { DeviceLink(isUp: $0.isUp) }
    }

    /// Counters that stand beside the workers'.
    package func statistics() throws(DPDKError) -> Port.Statistics {
        let statistics = try port.statistics()
        guard let counters = linux?.counters else { return statistics }
        return Port.Statistics(
            receivedFrames: counters.received, transmittedFrames: statistics.transmittedFrames,
            missed: counters.lost, receiveErrors: counters.inseparable,
            transmitErrors: counters.refused, withoutMbuf: counters.withoutBuffer)
    }
}

extension Configuration {
    /// Whether the device of a port must let every frame in: many cards let in no VLAN that nobody has told them of, but
    /// in promiscuous mode all.
    func acceptsAll(_ port: Int) -> Bool {
        forward == .crossConnect || vlanInterfaces.contains { $0.port == port }
    }
}
