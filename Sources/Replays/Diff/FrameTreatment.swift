// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Forwarding
import PacketFields
import PacketHeaders

/// What became of one frame in a replay, so far as two replays are compared by it.
package struct FrameTreatment: Equatable {
    enum Exit: Equatable {
        case transmitted(port: String)
        case dropped(reason: String)
        case consumed
    }

    var exit: Exit
    var nextHop: IPAddress?
    /// The frame as it left; empty where it did not.
    var length = 0
    /// Its first bytes.
    var bytes: [UInt8] = []
    /// A hash of all its bytes.
    package var digest: UInt64 = 0

    /// Bytes that are held of a frame that left: all headers that Freeway rewrites.
    static let heldBytes = 128

    /// Whether a user would see no difference: the way to the same bytes out of the same port does not
    /// matter.
    package func looksLike(_ other: FrameTreatment) -> Bool {
        exit == other.exit && length == other.length && digest == other.digest
            && bytes == other.bytes
    }

    /// With one more part.
    fileprivate func followed(by part: HeldFrame, _ digest: UInt64) -> FrameTreatment {
        var whole = self
        whole.length += part.length
        whole.digest = (self.digest &* 0x0000_0100_0000_01b3) ^ digest
        return whole
    }

    /// Names the fields in which two frames differ that one frame became.
    func fields(differingFrom other: FrameTreatment) -> [String] {
        let names = FrameFields(bytes).names(differingFrom: FrameFields(other.bytes))
        let behind: Set<FieldName> = [.payload, .ethernetPadding]
        var texts = names.filter { !behind.contains($0) }.map(\.rawValue)
        if length != other.length { texts.append("frame.length") }
        // What is not held differs where the digests differ and nothing that is held does.
        if names.contains(where: behind.contains) || (texts.isEmpty && digest != other.digest) {
            texts.append(FieldName.payload.rawValue)
        }
        return texts
    }
}

extension FrameJourneys {
    /// What became of the frame at a position; nil where nothing was written down.
    package func treatment(at position: Int) -> FrameTreatment? {
        let place = Int(log.limits.frames.lowerBound) + position
        var teller = self.teller(at: place)
        var destination: IPAddress?
        var nextHop: IPAddress?
        var digest: UInt64 = 0
        var treatment: FrameTreatment?
        for event in log.events(of: position) {
            switch event {
            case .arrived(let held):
                destination = held.bytes.withUnsafeBytes { bytes in
                    let frame = FrameBytes(bytes)
                    return EthernetHeader(frame).flatMap { header -> IPAddress? in
                        let tags = VLANStack(header)
                        let packet = frame.dropFirst(tags.payloadOffset)
                        return tags.etherType == .ipv6
                            ? IPv6Header(packet).map { IPAddress($0.destination) }
                            : IPv4Header(packet).map { IPAddress($0.destination) }
                    }
                }
            case .noted(.route, let note):
                guard let destination, let choice = RouteChoice(note) else { continue }
                nextHop = NamedChoice(choice, to: destination, teller.tables).nextHop
            case .digest(let value): digest = value
            case .sent(let port, let held):
                // Of a packet that leaves in parts the first is held, and all count.
                treatment =
                    treatment?.followed(by: held, digest)
                    ?? FrameTreatment(
                        exit: .transmitted(port: teller.name(of: port)), nextHop: nextHop,
                        length: held.length, bytes: held.bytes, digest: digest)
            case .dropped(_, let reason):
                return FrameTreatment(exit: .dropped(reason: reason.name))
            case .consumed: return FrameTreatment(exit: .consumed)
            case .resumed(let place): teller = self.teller(at: place)
            case .entered, .noted, .became: continue
            }
        }
        return treatment
    }
}
