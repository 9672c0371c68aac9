// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Frames of IPv6 that an interface sends to its own link.
extension InterfaceLink {
    /// A solicitation of a neighbour (RFC 4861, 4.3).
    /// - Parameters:
    ///   - source: our address; `::` where it is to be found out whether somebody has the target (RFC 4862, 5.4.2).
    ///   - mac: to whom; nil for all that may have the target.
    func solicitation(
        of target: IPv6Address, from source: IPv6Address, to mac: MACAddress?
    ) -> [UInt8] {
        let group = target.solicitedNode
        // Type, code, checksum, and a word that is not used.
        let message =
            [ICMPv6Header.MessageType.neighbourSolicitation.rawValue]
            + [UInt8](repeating: 0, count: 7) + IPAddress(target).bytes
            + (source.isUnspecified ? [] : linkLayerOption(1))
        return frame(
            from: source, to: mac == nil ? group : target, mac ?? group.groupMAC, message)
    }

    /// An advertisement that nobody asked for: that the address is ours (RFC 4861, 7.2.6).
    func announcement(of address: IPv6Address) -> [UInt8] {
        let flags =
            NeighbourDiscoveryMessage.routerFlag | NeighbourDiscoveryMessage.overrideFlag
        let message =
            [ICMPv6Header.MessageType.neighbourAdvertisement.rawValue, 0, 0, 0, flags, 0, 0, 0]
            + IPAddress(address).bytes + linkLayerOption(2)
        return frame(from: address, to: .allNodes, IPv6Address.allNodes.groupMAC, message)
    }

    /// That the interface listens to groups (RFC 3810, 5.2): switches that look on let what is for these through.
    /// - Parameter source: that of the link, or `::` as long as it may be another's (RFC 3810, 5.2.13).
    func groupReport(from source: IPv6Address) -> [UInt8] {
        let groups = ([.allRouters] + ipv6Addresses.map(\.solicitedNode)).reduce(
            into: [IPv6Address]()
        ) { if !$0.contains($1) { $0.append($1) } }
        // Each: from now on all sources but none (CHANGE_TO_EXCLUDE_MODE), no auxiliary data.
        let records: [UInt8] = groups.flatMap { [4, 0, 0, 0] as [UInt8] + IPAddress($0).bytes }
        let message: [UInt8] =
            [143, 0, 0, 0, 0, 0, UInt8(groups.count >> 8), UInt8(groups.count & 0xff)] + records
        let routers = IPv6Address.allMLDv2Routers
        // A router alert for MLD in a header of options (RFC 2711, 2.1), and padding.
        return frame(
            from: source, to: routers, routers.groupMAC, message, hopLimit: 1,
            options: [UInt8(IPProtocol.icmpv6.rawValue), 0, 5, 2, 0, 0, 1, 0])
    }

    /// What hosts are told of their router (RFC 4861, 4.2): itself, the MTU, the interface's prefixes, servers of names.
    /// - Parameter isLast: whether it is their router no more.
    func advertisement(
        _ settings: Configuration.RouterAdvertisement, isLast: Bool = false
    ) -> [UInt8]? {
        guard let linkLocal else { return nil }
        func bytes(_ number: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
        }
        let flags: UInt8 =
            (settings.managed == .on ? 0x80 : 0) | (settings.otherSettings == .on ? 0x40 : 0)
        var message: [UInt8] =
            [ICMPv6Header.MessageType.routerAdvertisement.rawValue, 0, 0, 0, 64, flags]
            + bytes(isLast ? 0 : settings.lifetime, 2) + [UInt8](repeating: 0, count: 8)
            + linkLayerOption(1) + [5, 1, 0, 0] + bytes(mtu, 4)
        for own in addresses where !own.address.isIPv4 {
            // On the link; of 64 bits hosts make addresses (RFC 4862, 5.5.3).
            message +=
                [3, 4, UInt8(own.prefixLength), own.prefixLength == 64 ? 0xc0 : 0x80]
                + bytes(settings.validLifetime, 4) + bytes(settings.preferredLifetime, 4)
                + [0, 0, 0, 0] + own.network.address.bytes
        }
        if !settings.servers.isEmpty {
            message +=
                [25, UInt8(1 + 2 * settings.servers.count), 0, 0]
                + bytes(isLast ? 0 : 3 * settings.interval, 4)
                + settings.servers.flatMap(\.bytes)
        }
        return frame(from: linkLocal, to: .allNodes, IPv6Address.allNodes.groupMAC, message)
    }

    /// Our MAC, of one unit of eight bytes.
    /// - Parameter type: 1 for that of the source, 2 for that of the target.
    func linkLayerOption(_ type: UInt8) -> [UInt8] { [type, 1] + mac.bytes }

    /// - Parameters:
    ///   - message: of ICMPv6, without a checksum.
    ///   - options: a header of hop-by-hop options in front of it.
    func frame(
        from source: IPv6Address, to destination: IPv6Address, _ mac: MACAddress,
        _ message: [UInt8], hopLimit: UInt8 = 255, options: [UInt8] = []
    ) -> [UInt8] {
        var message = message
        let checksum = message.withUnsafeBytes { bytes in
            var checksum = InternetChecksum(
                pseudoHeaderFrom: source, to: destination, protocol: .icmpv6, length: bytes.count)
            checksum.add(FrameBytes(bytes))
            return checksum.value
        }
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(checksum & 0xff)
        let length = options.count + message.count
        let next = options.isEmpty ? IPProtocol.icmpv6 : .hopByHop
        let ip: [UInt8] =
            [0x60, 0, 0, 0, UInt8(length >> 8), UInt8(length & 0xff), next.rawValue, hopLimit]
        return header(to: mac, .ipv6) + ip + IPAddress(source).bytes + IPAddress(destination).bytes
            + options + message
    }
}
