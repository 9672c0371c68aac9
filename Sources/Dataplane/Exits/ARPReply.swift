// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Answers to ARP requests for the own addresses of an interface (RFC 826; RFC 5227): the request itself, turned back. Tells
/// the control plane what ARP says of hosts. Cold path.
enum ARPReply {
    /// Has the frame of a request become the answer, which leaves by the port that it came in by.
    /// - Parameters:
    ///   - match: the interface that the frame came in by.
    ///   - mac: that of the port.
    /// - Returns: what becomes of the frame.
    static func replace(
        _ mbuf: MbufReference, _ match: InterfaceTable.Match, mac: MACAddress,
        _ snapshot: borrowing Snapshot, _ neighbours: NeighbourTable.Reader,
        _ reports: NeighbourReports?
    ) -> Verdict {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let arp = ARPHeader(frame.dropFirst(match.headerLength)) else {
            return .drop(.truncatedFrame)
        }
        let sender = arp.senderHardwareAddress
        guard arp.isEthernetIPv4, arp.operation == .request || arp.operation == .reply,
            !sender.isGroup, sender.rawValue != 0
        else { return .drop(.badARP) }
        let addresses = snapshot.localInterfaces
        let (asker, target) = (arp.senderAddress, arp.targetAddress)
        let host = NeighbourKey(interface: match.interface, address: asker)
        guard !addresses.owns(asker, match.interface) else {
            // Our own word, which comes back to us (RFC 5227, 2.4).
            if sender == mac { return .drop(.arpNotForUs) }
            reports?.add(NeighbourReport(.conflict, host, sender))
            return .drop(.addressConflict)
        }
        let isForUs = addresses.owns(target, match.interface)
        let isNear = snapshot.isNear(IPAddress(asker), match.interface)
        // A probe has no sender yet (RFC 5227, 1.1).
        guard asker.rawValue == 0 || isNear else {
            return .drop(isForUs ? .arpForeignSender : .arpNotForUs)
        }
        guard isForUs, arp.operation == .request else {
            // Who is known, or asked for, is believed; nobody else is (RFC 826: the merge flag).
            guard neighbours.place(of: host) != nil else {
                return .drop(isForUs ? .arpUnsolicited : .arpNotForUs)
            }
            let answers = isForUs && arp.operation == .reply
            reports?.add(NeighbourReport(answers ? .answered : .spoke, host, sender))
            // A question to somebody else is nothing to us, but for who asks.
            return answers || asker == target ? .learnt : .drop(.arpNotForUs)
        }
        if asker.rawValue != 0 { reports?.add(NeighbourReport(.asked, host, sender)) }

        let tags = snapshot.interfaces.entries[Int(match.interface)].tags
        let front = EthernetHeader.byteCount + Int(tags.byteCount)
        mbuf.shorten(to: match.headerLength + ARPHeader.byteCount)
        guard mbuf.makeHeadroom(max(0, front - match.headerLength)) else {
            return .drop(.noHeadroom)
        }
        mbuf.moveStart(by: match.headerLength - front)
        let reply = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        if tags.byteCount > 0 { tags.write(to: mbuf.data) }
        let header = MutableEthernetHeader(reply)
        header?.destination = sender
        header?.source = mac
        reply.store(EtherType.arp.rawValue, at: front - 2)
        MutableARPHeader(reply.dropFirst(front))?.write(
            .reply, senderHardwareAddress: mac, senderAddress: target,
            targetHardwareAddress: sender, targetAddress: asker)
        return .answer
    }

    enum Verdict {
        /// The frame is the answer now.
        case answer
        /// The frame ends here: it told of a host.
        case learnt
        case drop(DropReason)
    }
}
