// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration
import Glibc

/// The link of a Linux interface, as the kernel sees it. net_af_packet of DPDK 22.11 says "up" whatever
/// the cable does.
enum InterfaceLink {
    /// Whether the interface is up and has a carrier; nil when the kernel does not know it.
    static func isUp(_ name: String) -> Bool? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // `struct ifreq`: the name in 16 bytes with a zero at the end, then a union whose first member
        // here is the flags.
        var request = [UInt8](repeating: 0, count: 40)
        guard name.utf8.count < 16 else { return nil }
        request.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        let getFlags: UInt = 0x8913  // SIOCGIFFLAGS
        guard ioctl(descriptor, getFlags, &request) == 0 else { return nil }
        let flags = UInt16(request[16]) | UInt16(request[17]) << 8
        let running: UInt16 = 0x40  // IFF_RUNNING
        return flags & running != 0
    }
}

extension AttachedPort {
    /// Whether the device of a live forwarder has a link now; nil when it cannot be asked.
    var isLinkUp: Bool? {
        guard let link = try? port.link() else { return nil }
        guard link.isUp, case .interface(let name) = planned.device else { return link.isUp }
        // An interface that is gone has no link either.
        return InterfaceLink.isUp(name) ?? false
    }
}
