// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Which interface a packet socket belongs to: `struct sockaddr_ll` of packet(7).
enum PacketAddress {
    /// - Parameter protocol: in network order; 0 to receive nothing.
    static func bind(
        _ socket: Int32, _ index: Int32, protocol: UInt16
    ) throws(LinuxError) {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = `protocol`
        address.sll_ifindex = index
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
            }
        }
        guard status == 0 else { throw LinuxError("bind a packet socket to interface \(index)") }
    }

    /// The interface that a socket is bound to; -1 once that is gone.
    static func boundIndex(_ socket: Int32) -> Int32 {
        var address = sockaddr_ll()
        var length = socklen_t(MemoryLayout<sockaddr_ll>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return status == 0 ? address.sll_ifindex : -1
    }

    /// Lets more frames in than those for the interface's own address. Linux takes it back when the
    /// socket is closed, whatever ends the program.
    /// - Parameter kind: `PACKET_MR_PROMISC` or `PACKET_MR_ALLMULTI`.
    static func setMembership(
        _ socket: Int32, _ index: Int32, _ kind: Int32, isMember: Bool
    ) throws(LinuxError) {
        var membership = packet_mreq()
        membership.mr_ifindex = index
        membership.mr_type = UInt16(kind)
        let option = isMember ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP
        guard
            setsockopt(
                socket, SOL_PACKET, option, &membership,
                socklen_t(MemoryLayout<packet_mreq>.size)) == 0
        else { throw LinuxError("let all frames in at interface \(index)") }
    }
}
