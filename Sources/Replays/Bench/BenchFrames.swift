// SPDX-License-Identifier: Apache-2.0

import Captures
import Forwarding
import PacketHeaders

/// Makes the different UDP frames that a source repeats. The same seed gives the same frames.
struct BenchFrames {
    let destinationMAC: MACAddress
    /// Nil for destinations out of all unicast addresses.
    let destinations: Destinations?
    /// Bytes of the frames in turn, without FCS and tag.
    let sizes: [Int]
    /// Of tags (IEEE 802.1Q, 9.6), in turn; none for untagged frames.
    let vlans: [UInt16]

    /// Whether each tenth frame is none of IPv4.
    let isMixed: Bool

    private static let sourceMAC = MACAddress(rawValue: 0x0200_0000_01fe)
    /// 1 January 2023, 0:00 UTC. Nothing depends on it.
    private static let time: UInt64 = 1_672_531_200_000_000_000

    /// Writes so many frames to a capture.
    func write(_ count: Int, to path: String, seed: UInt64) throws(ForwarderError) {
        var numbers = SeededNumbers(seed: seed)
        do throws(CaptureError) {
            let writer = try CaptureWriter(path: path)
            for index in 0..<count {
                guard let destination = destination(&numbers) else {
                    throw CaptureError(
                        .unwritable, path,
                        "1,000 random destinations in the routes are all held by longer prefixes "
                            + "that forward nothing")
                }
                let frame =
                    isMixed && index % 10 == 9
                    ? otherFrame(index / 10)
                    : destination.ipv4.map {
                        self.frame(
                            sizes[index % sizes.count], $0,
                            vlan: vlans.isEmpty ? nil : vlans[index % vlans.count], &numbers)
                    } ?? frameOfIPv6(sizes[index % sizes.count], destination, &numbers)
                var fault: CaptureError?
                frame.withUnsafeBytes { bytes in
                    do throws(CaptureError) {
                        try writer.write(bytes, time: Self.time + UInt64(index) * 1_000)
                    } catch { fault = error }
                }
                if let fault { throw fault }
            }
            try writer.flush()
            try writer.publish()
        } catch {
            throw ForwarderError(error)
        }
    }

    /// What else is on a cable: a question of ARP for another host, IPv6, LLDP (IEEE 802.1AB), in turn. 60 bytes.
    private func otherFrame(_ number: Int) -> [UInt8] {
        let sender: [UInt8] = [198, 18, 0, 1]
        let frame: [UInt8] =
            switch number % 3 {
            case 0:
                [UInt8](repeating: 0xff, count: 6) + Self.sourceMAC.bytes + [0x08, 0x06]
                    + [0, 1, 8, 0, 6, 4, 0, 1] + Self.sourceMAC.bytes + sender
                    + [0, 0, 0, 0, 0, 0] + [198, 18, 0, UInt8(truncatingIfNeeded: number)]
            case 1:
                destinationMAC.bytes + Self.sourceMAC.bytes + [
                    0x86, 0xdd, 0x60, 0, 0, 0, 0, 6, 17, 64,
                ]
            default:
                [0x01, 0x80, 0xc2, 0, 0, 0x0e] + Self.sourceMAC.bytes + [0x88, 0xcc, 2, 7, 4]
                    + Self.sourceMAC.bytes
            }
        return frame + repeatElement(0, count: 60 - frame.count)
    }

    private func destination(_ numbers: inout SeededNumbers) -> IPAddress? {
        if let destinations { return destinations.draw(&numbers) }
        while true {
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: numbers.next()))
            if address.isRoutable { return IPAddress(address) }
        }
    }

    /// Ethernet, IPv6 (RFC 8200) and UDP from a host of 2001:2::/48 (RFC 5180, 8). Nobody on the way looks at its checksum.
    private func frameOfIPv6(
        _ size: Int, _ destination: IPAddress, _ numbers: inout SeededNumbers
    ) -> [UInt8] {
        let length = size - EthernetHeader.byteCount - IPv6Header.byteCount
        let source = IPAddress(high: 0x2001_0002_0000_0000, low: numbers.next() & 0x1_ffff)
        let ports = numbers.next()
        let header: [UInt8] = [
            0x86, 0xdd, 0x60, 0, 0, 0, UInt8(length >> 8), UInt8(length & 0xff), 17, 64,
        ]
        let udp: [UInt8] = [
            UInt8(truncatingIfNeeded: ports) | 4, UInt8(truncatingIfNeeded: ports >> 8),
            UInt8(truncatingIfNeeded: ports >> 16), UInt8(truncatingIfNeeded: ports >> 24) | 1,
            UInt8(length >> 8), UInt8(length & 0xff), 0xff, 0xff,
        ]
        let frame =
            destinationMAC.bytes + Self.sourceMAC.bytes + header + source.bytes
            + destination.bytes + udp
        return frame + repeatElement(0, count: size - frame.count)
    }

    /// Ethernet, IPv4 (RFC 791) and UDP (RFC 768) from a host of 198.18.0.0/15 (RFC 2544, C.2.2).
    private func frame(
        _ size: Int, _ destination: IPv4Address, vlan: UInt16?, _ numbers: inout SeededNumbers
    ) -> [UInt8] {
        let random = numbers.next()
        let source = 0xc612_0000 | UInt32(truncatingIfNeeded: random) & 0x1_ffff
        var words: [UInt16] = [
            0x4500, UInt16(size - 14), UInt16(truncatingIfNeeded: random >> 17), 0, 0x4011, 0,
            UInt16(source >> 16), UInt16(truncatingIfNeeded: source),
            UInt16(destination.rawValue >> 16), UInt16(truncatingIfNeeded: destination.rawValue),
        ]
        var checksum = InternetChecksum()
        for word in words { checksum.add(word) }
        words[5] = checksum.value
        let ports = numbers.next()
        words += [
            UInt16(truncatingIfNeeded: ports) | 0x400, UInt16(truncatingIfNeeded: ports >> 16) | 1,
            // A UDP checksum of 0 says that there is none.
            UInt16(size - 34), 0,
        ]
        var frame = destinationMAC.bytes + Self.sourceMAC.bytes
        if let vlan { frame += [0x81, 0x00, UInt8(vlan >> 8), UInt8(truncatingIfNeeded: vlan)] }
        let end = size + (vlan == nil ? 0 : VLANTag.byteCount)
        frame += [0x08, 0x00]
        for word in words {
            frame.append(UInt8(word >> 8))
            frame.append(UInt8(truncatingIfNeeded: word))
        }
        return frame + repeatElement(0, count: end - frame.count)
    }
}
