// SPDX-License-Identifier: Apache-2.0

import DPDK
import Glibc

/// A port on a TAP interface of its own. It refuses frames that have no Ethernet header, and those beyond its
/// MTU by more than 22 bytes (`pmd_tx_burst` of net_tap, `tun_get_user` of Linux); down, it refuses all.
public struct TAPPort {
    public let port: TestPort
    public let name: String

    public init() throws {
        name = "fwt\(getpid() % 100_000)x\(TestEnvironment.uniqueName("").dropFirst(0))"
        port = try TestPort("net_tap", arguments: "iface=\(name)")
    }

    /// Whether this process may make one.
    public static var isPossible: Bool {
        geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
    }

    /// Takes the interface down, as an administrator does: the device is not told.
    public func takeDown() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        // `struct ifreq`: the name in 16 bytes, then the flags, of which IFF_UP is 1.
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        let (getFlags, setFlags): (UInt, UInt) = (0x8913, 0x8914)
        guard ioctl(descriptor, getFlags, &request) == 0 else { return false }
        request[16] &= ~1
        return ioctl(descriptor, setFlags, &request) == 0
    }

    public func close() { port.close() }
}
