// SPDX-License-Identifier: Apache-2.0

/// A second router, written from RFC 1812 and RFC 8200 alone and sharing no code with the first: one frame at a time,
/// on arrays. It says which frames must leave and what they look like then.
enum ReferenceRouter {
    static let configuration = """
        version: 1
        forward: route
        workers: 2
        memory: {pages: ordinary, routes: 100}
        ports:
          wan: {device: "vdev:net_ring0", mac: "02:00:00:00:01:01", addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
          lan:
            device: "vdev:net_ring1"
            mac: "02:00:00:00:02:01"
            mtu: 1280
            admit: any
            addresses: [198.51.100.1/24, "2001:db8:2::1/64"]
        interfaces:
          wan.5: {addresses: [172.31.0.1/24, "2001:db8:5::1/64"]}
          lan.6.7: {addresses: [172.30.0.1/24]}
        routes:
          - {to: 100.64.0.0/16, via: 172.31.0.2}
          - {to: 100.65.0.0/16, via: 172.30.0.2}
          - {to: 0.0.0.0/0, via: 192.0.2.9}
          - {to: 10.0.0.0/8, via: 198.51.100.2}
          - {to: 192.168.0.0/16, via: 198.51.100.2}
          - {to: 141.142.0.0/16, via: [{address: 192.0.2.9, weight: 3}, {address: 192.0.2.10, weight: 1}]}
          - {to: 141.142.220.0/24, via: 198.51.100.2}
          - {to: 198.18.0.0/15, action: blackhole}
          - {to: 203.0.113.0/24, action: unreachable}
          - {to: "::/0", via: "2001:db8:1::9"}
          - {to: "2001:db8:a000::/36", via: "2001:db8:2::2"}
          - {to: "2001:db8:5000::/36", via: "2001:db8:5::2"}
          - {to: "2001:db8:b000::/36", action: blackhole}
          - {to: "fd00::/8", action: unreachable}
        neighbours:
          - {port: wan, address: 192.0.2.9, mac: "02:00:00:00:01:09"}
          - {port: wan, address: 192.0.2.10, mac: "02:00:00:00:01:0a"}
          - {port: lan, address: 198.51.100.2, mac: "02:00:00:00:02:02"}
          - {port: wan.5, address: 172.31.0.2, mac: "02:00:00:00:05:02"}
          - {port: lan.6.7, address: 172.30.0.2, mac: "02:00:00:00:67:02"}
          - {port: wan, address: "2001:db8:1::9", mac: "02:00:00:00:01:09"}
          - {port: lan, address: "2001:db8:2::2", mac: "02:00:00:00:02:02"}
          - {port: wan.5, address: "2001:db8:5::2", mac: "02:00:00:00:05:02"}
        arp: {requestsPerSecond: 0}

        """

    struct Host: Hashable {
        let port: Int
        let mac: [UInt8]
        /// In front of the EtherType.
        var tags: [UInt8] = []
    }

    /// The tags of interfaces, by port: type and identifier.
    static let tags: [[[[Int]]]] = [
        [[], [[0x8100, 5]]], [[], [[0x88a8, 6], [0x8100, 7]]],
    ]

    static let wanPort = (mac: [2, 0, 0, 0, 1, 1] as [UInt8], mtu: 1500, takesAll: false)
    static let lanPort = (mac: [2, 0, 0, 0, 2, 1] as [UInt8], mtu: 1280, takesAll: true)
    static let ports = [wanPort, lanPort]
    static var smallestMTU: Int { min(wanPort.mtu, lanPort.mtu) }

    static let nine = Host(port: 0, mac: [2, 0, 0, 0, 1, 9])
    private static let ten = Host(port: 0, mac: [2, 0, 0, 0, 1, 10])
    static let two = Host(port: 1, mac: [2, 0, 0, 0, 2, 2])
    static let tagged = Host(
        port: 0, mac: [2, 0, 0, 0, 5, 2], tags: [0x81, 0, 0, 5])
    private static let twice = Host(
        port: 1, mac: [2, 0, 0, 0, 0x67, 2], tags: [0x88, 0xa8, 0, 6, 0x81, 0, 0, 7])

    /// Our own addresses, and the broadcast addresses of our networks.
    private static let impossibleSources: [[UInt8]] = [
        [192, 0, 2, 1], [192, 0, 2, 255], [198, 51, 100, 1], [198, 51, 100, 255],
        [172, 31, 0, 1], [172, 31, 0, 255], [172, 30, 0, 1], [172, 30, 0, 255],
    ]

    private static let ownAddresses: [[UInt8]] = [
        [192, 0, 2, 1], [198, 51, 100, 1], [172, 31, 0, 1], [172, 30, 0, 1],
    ]

    /// Longest prefixes first; a packet goes to one of the hosts, and nowhere where there is none.
    private static let routes: [(address: UInt32, length: UInt32, hosts: Set<Host>)] = [
        (0xac1f_0002, 32, [tagged]), (0xac1e_0002, 32, [twice]),
        (0xac1f_0000, 24, []), (0xac1e_0000, 24, []), (0x6440_0000, 16, [tagged]),
        (0x6441_0000, 16, [twice]), (0xc000_0209, 32, [nine]), (0xc000_020a, 32, [ten]),
        (0xc633_6402, 32, [two]),
        (0xc000_0200, 24, []), (0xc633_6400, 24, []),
        (0x8d8e_dc00, 24, [two]), (0xcb00_7100, 24, []),
        (0xc0a8_0000, 16, [two]), (0x8d8e_0000, 16, [nine, ten]),
        (0xc612_0000, 15, []), (0x0a00_0000, 8, [two]), (0, 0, [nine]),
    ]

    /// Stops the process where a frame left that must not, or stayed that must leave.
    static func judge(received: [FrameScript.Frame], sent: [Router.SentFrame]) {
        var due: [[UInt8]: [Set<Host>]] = [:]
        for frame in received {
            guard let (packet, hosts) = forwarded(frame) else { continue }
            let mtu = hosts.first.map { ports[$0.port].mtu - ($0.tags.count > 4 ? 4 : 0) } ?? 0
            for part in parts(of: packet, mtu) { due[part, default: []].append(hosts) }
        }
        // Questions that were answered, and packets that a message is about: each once.
        var causes = received
        var ipv6 = IPv6Reference(received)
        for frame in sent {
            precondition(frame.bytes.count >= 34, "what leaves has an IPv4 header, or is ARP")
            let port = ports[frame.port]
            precondition(Array(frame.bytes[6..<12]) == port.mac, "it comes from the port's MAC")
            let start = 12 + 4 * tagCount(frame.bytes)
            if frame.bytes[start] == 8, frame.bytes[start + 1] == 6 {
                judgeARP(frame, Array(frame.bytes.dropFirst(start + 2)), &causes)
                continue
            }
            if frame.bytes[start] == 0x86, frame.bytes[start + 1] == 0xdd {
                ipv6.judge(frame, from: start + 2)
                continue
            }
            precondition(frame.bytes[start] == 8 && frame.bytes[start + 1] == 0, "it is IPv4")
            let tags = Array(frame.bytes[12..<start])
            var packet = Array(frame.bytes.dropFirst(start + 2))
            precondition(packet.count <= port.mtu - (tags.count > 4 ? 4 : 0), "it fits the MTU")
            let headerLength = Int(packet[0] & 15) * 4
            precondition(packet[0] >> 4 == 4 && headerLength >= 20, "its header is well formed")
            precondition(headerLength <= packet.count, "its header is whole")
            precondition(number(packet, 2) == packet.count, "its length is what it says")
            precondition(sum(packet.prefix(headerLength)) == 0xffff, "its checksum is right")
            (packet[10], packet[11]) = (0, 0)
            let host = Host(port: frame.port, mac: Array(frame.bytes.prefix(6)), tags: tags)
            guard let place = due[packet]?.firstIndex(where: { $0.contains(host) }) else {
                guard !comesOfParts(packet, received) else { continue }
                judgeMessage(packet, headerLength, &causes)
                continue
            }
            due[packet]?.remove(at: place)
        }
        precondition(due.values.allSatisfy(\.isEmpty), "what must leave leaves")
        ipv6.end()
    }

    /// Whether a packet of our own may be about a datagram that came in parts, or be a part of an answer itself: then it is as
    /// long as these together, and no frame alone says what is in it.
    private static func comesOfParts(
        _ packet: [UInt8], _ received: [FrameScript.Frame]
    ) -> Bool {
        guard ownAddresses.contains(Array(packet[12..<16])), packet[9] == 1 else { return false }
        let isPart = number(packet, 6) & 0x3fff != 0
        return received.contains { frame in
            let start = 14 + 4 * tagCount(frame.bytes)
            guard frame.bytes.count >= start + 20 else { return false }
            let about = Array(frame.bytes.dropFirst(start).prefix(20))
            return about[12..<16] == packet[16..<20]
                && (isPart || number(about, 6) & 0x3fff != 0)
        }
    }

    /// A packet whole, or cut so that each part fits (RFC 791, 3.2), checksums left out.
    private static func parts(of packet: [UInt8], _ mtu: Int) -> [[UInt8]] {
        guard packet.count > mtu else { return [packet] }
        let header = Int(packet[0] & 15) * 4
        let (word, most) = (number(packet, 6), (mtu - header) / 8 * 8)
        return stride(from: header, to: packet.count, by: most).map { start in
            let end = min(start + most, packet.count)
            var part = Array(packet[..<header])
            if start > header, word & 0x1fff == 0 { blank(&part) }
            let length = header + end - start
            (part[2], part[3]) = (UInt8(length >> 8), UInt8(length & 0xff))
            let flags = end < packet.count ? 0x2000 : word & 0x2000
            let place = flags | ((word & 0x1fff) + (start - header) / 8)
            (part[6], part[7]) = (UInt8(place >> 8), UInt8(place & 0xff))
            return part + packet[start..<end]
        }
    }

    /// No Operation in the place of options that stand in the first part alone.
    private static func blank(_ header: inout [UInt8]) {
        for (kind, range) in options(header) where kind & 0x80 == 0 {
            for place in range { header[place] = 1 }
        }
    }

    /// RFC 791, 3.1, as far as their lengths are possible.
    private static func options(_ header: [UInt8]) -> [(kind: UInt8, range: Range<Int>)] {
        var found: [(UInt8, Range<Int>)] = []
        var place = 20
        while place < header.count, header[place] != 0 {
            if header[place] == 1 {
                place += 1
                continue
            }
            let length = place + 1 < header.count ? Int(header[place + 1]) : 0
            guard length >= 2, place + length <= header.count else { break }
            found.append((header[place], place..<place + length))
            place += length
        }
        return found
    }

    /// An answer to an ARP request that came in by its port, to who asked.
    private static func judgeARP(
        _ frame: Router.SentFrame, _ arp: [UInt8], _ causes: inout [FrameScript.Frame]
    ) {
        precondition(arp.count == 28, "an answer has 28 bytes")
        precondition(Array(arp.prefix(8)) == [0, 1, 8, 0, 6, 4, 0, 2], "it is an answer")
        precondition(Array(arp[8..<14]) == ports[frame.port].mac, "it tells the port's MAC")
        precondition(ownAddresses.contains(Array(arp[14..<18])), "it tells of an own address")
        let cause = causes.firstIndex { question in
            let start = 14 + 4 * tagCount(question.bytes)
            guard question.port == frame.port, question.bytes.count >= start + 28 else {
                return false
            }
            let asked = Array(question.bytes.dropFirst(start).prefix(28))
            return Array(asked.prefix(8)) == [0, 1, 8, 0, 6, 4, 0, 1]
                && asked[8..<14] == arp[18..<24] && asked[14..<18] == arp[24..<28]
                && asked[24..<28] == arp[14..<18]
                && frame.bytes.prefix(6) == asked[8..<14]
        }
        guard let cause else { fatalError("nobody asked") }
        causes.remove(at: cause)
    }

    /// An echo reply or a message about a packet: from an own address, to the source of something that came in, and no
    /// more than 28 bytes longer.
    private static func judgeMessage(
        _ packet: [UInt8], _ headerLength: Int, _ causes: inout [FrameScript.Frame]
    ) {
        precondition(
            headerLength == 20 && packet[9] == 1 && packet[8] == 64
                && ownAddresses.contains(Array(packet[12..<16])),
            "no frame that came in makes this one, or it goes the wrong way")
        let type = packet[20]
        precondition(type == 0 || type == 3 || type == 11, "it is an answer, or an error")
        precondition(sum(packet.dropFirst(20).reduce(into: []) { $0.append($1) }[...]) == 0xffff)
        let cause = causes.firstIndex { frame in
            let start = 14 + 4 * tagCount(frame.bytes)
            guard frame.bytes.count >= start + 20 else { return false }
            let about = Array(frame.bytes.dropFirst(start))
            guard about[12..<16] == packet[16..<20] else { return false }
            let length = number(about, 2)
            return type == 0
                ? length == packet.count && about[20...].dropFirst(4).starts(with: packet[24...])
                : packet.count == 28 + min(length, 548)
                    && about.prefix(packet.count - 28) == packet[28...]
        }
        guard let cause else { fatalError("nothing that came in makes this message") }
        causes.remove(at: cause)
    }

    /// The packet as it must leave, its checksum left out, and the hosts that may get it; nil when it must
    /// not leave.
    private static func forwarded(
        _ frame: FrameScript.Frame
    ) -> (packet: [UInt8], hosts: Set<Host>)? {
        let bytes = frame.bytes
        guard let start = start(of: frame, type: 0x0800), bytes.count >= start + 20 else {
            return nil
        }
        var packet = Array(bytes.dropFirst(start))
        let headerLength = Int(packet[0] & 15) * 4
        let length = number(packet, 2)
        guard packet[0] >> 4 == 4, headerLength >= 20, length >= headerLength,
            length <= packet.count
        else { return nil }
        guard sum(packet.prefix(headerLength)) == 0xffff else { return nil }
        let isRoutable = [12, 16].allSatisfy { offset in
            let first = packet[offset]
            // RFC 3927, 7: nothing is forwarded from or to link-local addresses.
            let isLinkLocal = first == 169 && packet[offset + 1] == 254
            return first != 0 && first != 127 && first < 224 && !isLinkLocal
        }
        let source = Array(packet[12..<16])
        guard isRoutable, !impossibleSources.contains(source), packet[8] > 1 else { return nil }
        let destination = UInt32(number(packet, 16)) << 16 | UInt32(number(packet, 18))
        let route = routes.first {
            $0.length == 0 || (destination ^ $0.address) >> (32 - $0.length) == 0
        }
        let hasSourceRoute = options(Array(packet.prefix(headerLength))).contains {
            $0.kind == 131 || $0.kind == 137
        }
        guard !hasSourceRoute, let hosts = route?.hosts, let host = hosts.first else { return nil }
        if length > ports[host.port].mtu - (host.tags.count > 4 ? 4 : 0) {
            // It may not be cut, or its end is where none can be.
            let end = (number(packet, 6) & 0x1fff) * 8 + length - headerLength
            guard packet[6] & 0x40 == 0, end <= 65_535 else { return nil }
        }
        packet = Array(packet.prefix(length))
        packet[8] -= 1
        (packet[10], packet[11]) = (0, 0)
        return (packet, hosts)
    }

    /// Where the packet of a frame begins that a port takes in; nil where it does not, or the packet is of another type.
    static func start(of frame: FrameScript.Frame, type: Int) -> Int? {
        let (port, bytes) = (ports[frame.port], frame.bytes)
        let start = 14 + 4 * tagCount(bytes)
        guard bytes.count >= start, number(bytes, start - 2) == type,
            tags[frame.port].contains(ownTags(bytes)), bytes[0] & 1 == 0,
            port.takesAll || Array(bytes.prefix(6)) == port.mac
        else { return nil }
        return start
    }

    /// Types and identifiers of a frame's tags.
    static func ownTags(_ bytes: [UInt8]) -> [[Int]] {
        var own = (0..<tagCount(bytes)).map {
            [number(bytes, 12 + 4 * $0), number(bytes, 14 + 4 * $0) & 0xfff]
        }
        // A first tag without an identifier is a priority, and no more.
        if own.first?[1] == 0 { own.removeFirst() }
        return own
    }

    /// Whole tags behind the addresses.
    static func tagCount(_ bytes: [UInt8]) -> Int {
        var count = 0
        while bytes.count >= 18 + 4 * count,
            [0x8100, 0x88a8].contains(number(bytes, 12 + 4 * count))
        {
            count += 1
        }
        return count
    }

    static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }

    /// The ones' complement sum of 16-bit words (RFC 1071).
    static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
        var sum = 0
        for (offset, byte) in bytes.enumerated() {
            sum += offset % 2 == 0 ? Int(byte) << 8 : Int(byte)
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        return sum
    }
}
