// SPDX-License-Identifier: Apache-2.0

/// What ``ReferenceRouter`` knows of IPv6, from RFC 8200 and RFC 4291: which packets must leave, where, and what may leave
/// beside them.
struct IPv6Reference {
    typealias Host = ReferenceRouter.Host

    /// Longest prefixes first: 16 bytes each, and the host, if there is one.
    private static let routes: [(prefix: [UInt8], length: Int, host: Host?)] = [
        (address(1, end: 9), 128, ReferenceRouter.nine),
        (address(2, end: 2), 128, ReferenceRouter.two),
        (address(5, end: 2), 128, ReferenceRouter.tagged),
        (address(1), 64, nil), (address(2), 64, nil), (address(5), 64, nil),
        ([0x20, 1, 0x0d, 0xb8, 0xa0], 36, ReferenceRouter.two),
        ([0x20, 1, 0x0d, 0xb8, 0x50], 36, ReferenceRouter.tagged),
        ([0x20, 1, 0x0d, 0xb8, 0xb0], 36, nil), ([0xfd], 8, nil),
        ([], 0, ReferenceRouter.nine),
    ]

    /// Ours, and those of all routers of our networks (RFC 4291, 2.6.1).
    private static let own = [1, 2, 5].flatMap { [address($0, end: 1), address($0)] }
    /// Those of the ports on their links: modified EUI-64 (RFC 4291, 2.5.1) of their MACs.
    private static let linkLocal: [[UInt8]] = [1, 2].map {
        [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, $0, 1]
    }

    private static func address(_ network: UInt8, end: UInt8 = 0) -> [UInt8] {
        [0x20, 1, 0x0d, 0xb8, 0, network] + [UInt8](repeating: 0, count: 9) + [end]
    }

    private let received: [FrameScript.Frame]
    private var due: [[UInt8]: [Host]] = [:]
    /// Whether parts of datagrams came, of which no frame alone says what comes of them.
    private var hasParts: Bool {
        received.contains { frame in
            let start = 14 + 4 * ReferenceRouter.tagCount(frame.bytes)
            // Its fragment header may stand behind others.
            return frame.bytes.count > start + 48 && frame.bytes[start...].contains(44)
        }
    }

    init(_ received: [FrameScript.Frame]) {
        self.received = received
        for frame in received {
            guard let (packet, host) = Self.forwarded(frame) else { continue }
            due[packet, default: []].append(host)
        }
    }

    /// The packet as it must leave, and by whom it is taken; nil when it must not leave.
    private static func forwarded(_ frame: FrameScript.Frame) -> (packet: [UInt8], host: Host)? {
        guard let start = ReferenceRouter.start(of: frame, type: 0x86dd),
            // lan.6.7 has no address of IPv6.
            ReferenceRouter.ownTags(frame.bytes).count < 2, frame.bytes.count >= start + 40
        else { return nil }
        var packet = Array(frame.bytes.dropFirst(start))
        let length = 40 + ReferenceRouter.number(packet, 4)
        guard packet[0] >> 4 == 6, length <= packet.count, length > 40 || packet[6] != 0 else {
            return nil
        }
        let (source, destination) = (Array(packet[8..<24]), Array(packet[24..<40]))
        guard isRoutable(source), isRoutable(destination), !own.contains(source),
            !own.contains(destination), packet[7] > 1,
            let host = routes.first(where: { holds($0.prefix, $0.length, destination) })?.host,
            length <= ReferenceRouter.ports[host.port].mtu
        else { return nil }
        packet = Array(packet.prefix(length))
        packet[7] -= 1
        return (packet, host)
    }

    /// Not multicast, unspecified, loopback, mapped or link-local.
    private static func isRoutable(_ address: [UInt8]) -> Bool {
        let isOfHost = address[0] == 0xff || (address[0] == 0xfe && address[1] & 0xc0 == 0x80)
        let isZero = address.prefix(15).allSatisfy { $0 == 0 } && address[15] < 2
        let isMapped = address.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return !isOfHost && !isZero && !isMapped
    }

    private static func holds(_ prefix: [UInt8], _ length: Int, _ address: [UInt8]) -> Bool {
        (0..<length).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return prefix[bit / 8] & mask == address[bit / 8] & mask
        }
    }

    /// Stops the process where a frame left that must not.
    mutating func judge(_ frame: Router.SentFrame, from start: Int) {
        let packet = Array(frame.bytes.dropFirst(start))
        precondition(packet.count >= 40 && packet[0] >> 4 == 6, "its header is whole")
        precondition(
            40 + ReferenceRouter.number(packet, 4) == packet.count, "its length is what it says")
        precondition(packet.count <= ReferenceRouter.ports[frame.port].mtu, "it fits the MTU")
        let host = Host(
            port: frame.port, mac: Array(frame.bytes.prefix(6)),
            tags: Array(frame.bytes[12..<start - 2]))
        if let place = due[packet]?.firstIndex(of: host) {
            due[packet]?.remove(at: place)
        } else {
            judgeMessage(packet)
        }
    }

    /// Something that the router says: an echo reply, an error or a neighbour advertisement, from one of its addresses.
    private func judgeMessage(_ packet: [UInt8]) {
        let source = Array(packet[8..<24])
        precondition(
            Self.own.contains(source) || Self.linkLocal.contains(source),
            "no frame that came in makes this one, or it goes the wrong way")
        guard !hasParts else { return }
        precondition(packet[6] == 58 && packet.count >= 48, "it is a message of ICMPv6")
        let length = UInt16(packet.count - 40)
        let pseudo = packet[8..<40] + [0, 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 0, 0, 58]
        precondition(
            ReferenceRouter.sum(Array(pseudo + packet[40...])[...]) == 0xffff,
            "its checksum is right")
        let type = packet[40]
        precondition([1, 2, 3, 4, 129, 136].contains(type), "it is an answer, or an error")
        precondition(packet[7] == (type == 136 ? 255 : 64), "its hop limit is what it must be")
        let hasCause = received.contains { frame in
            let start = 14 + 4 * ReferenceRouter.tagCount(frame.bytes)
            let about = Array(frame.bytes.dropFirst(start))
            guard about.count >= 40 else { return false }
            return switch type {
            case 129: about[8..<24] == packet[24..<40]
            case 136: about.count >= 64 && about[48..<64] == packet[48..<64]
            default:
                about[8..<24] == packet[24..<40] && packet.count <= 1280
                    && about.starts(with: packet[48...])
            }
        }
        precondition(hasCause, "something that came in makes this message")
    }

    func end() {
        precondition(due.values.allSatisfy(\.isEmpty), "what must leave of IPv6 leaves")
    }
}
