// SPDX-License-Identifier: Apache-2.0

/// Reads a pcapng file of Ethernet frames (draft-ietf-opsawg-pcapng), all that tshark reads of it and libpcap does
/// not: interfaces that differ or come late, several sections in either byte order, times of any resolution and
/// offset. Holds no more of it than a frame and the interfaces of a section. One thread.
final class PcapngReader {
    private let blocks: PcapngBlocks
    private var interfaces: [PcapngInterface] = []
    /// What a frame without a time gets: that of the frame before it.
    private var lastMoment = CaptureTime(seconds: 0)

    /// The longest frame that libpcap and Wireshark believe in.
    private static let longestFrame = 262_144
    private static let mostInterfaces = 1 << 20

    init(path: String, bytes: FileBytes) { blocks = PcapngBlocks(path: path, bytes: bytes) }

    /// Set once the file ended in the middle of a block.
    var isTruncated: Bool { blocks.isTruncated }
    /// Whether libpcap reads the frames that were read so far, and reads them alike.
    var isPlain: Bool { blocks.isPlain && !interfaces.isEmpty }
    var readBytes: Int { blocks.readBytes }

    /// The next frame; nil at the end of the file.
    func next() throws(CaptureError) -> CaptureReader.Frame? {
        while let kind = try blocks.next() {
            switch kind {
            case PcapngBlocks.Kind.section: interfaces = []
            case PcapngBlocks.Kind.interface: try addInterface()
            case PcapngBlocks.Kind.packet: return try packet { blocks.word($0, 0) }
            case PcapngBlocks.Kind.oldPacket:
                blocks.isPlain = false
                return try packet { UInt32(blocks.half($0, 0)) }
            case PcapngBlocks.Kind.simplePacket: return try simplePacket()
            default: break
            }
        }
        return nil
    }

    private func addInterface() throws(CaptureError) {
        guard let header = blocks.take(8) else {
            throw blocks.damage("an interface of too few bytes")
        }
        guard interfaces.count < Self.mostInterfaces else {
            throw blocks.damage("more than \(Self.mostInterfaces) interfaces in one section")
        }
        var interface = PcapngInterface(
            linkType: blocks.half(header, 0), snapLength: Int(blocks.word(header, 4)))
        var resolutions = 0
        while let option = blocks.take(4) {
            let code = blocks.half(option, 0)
            if code == 9 { resolutions += 1 }
            let length = Int(blocks.half(option, 2))
            if code == 0 {
                if length != 0 { blocks.isPlain = false }
                break
            }
            guard length <= blocks.rest,
                let value = blocks.take(min((length + 3) / 4 * 4, blocks.rest))
            else {
                throw blocks.damage("an option of an interface that is longer than its block")
            }
            try set(code, UnsafeRawBufferPointer(rebasing: value[..<length]), of: &interface)
        }
        if interface.linkType != LinkType.ethernet || resolutions > 1
            || interface.snapLength != interfaces.first?.snapLength ?? interface.snapLength
        {
            blocks.isPlain = false
        }
        interfaces.append(interface)
    }

    private func set(
        _ code: UInt16, _ value: UnsafeRawBufferPointer, of interface: inout PcapngInterface
    ) throws(CaptureError) {
        switch code {
        case 2:
            // Some end their texts with a zero.
            interface.name = String(decoding: value.prefix(64).prefix { $0 != 0 }, as: UTF8.self)
        case 9:
            // As tshark does: one of another length is no resolution.
            if value.count == 1 { interface.resolution = value[0] }
            if value.count != 1 || value[0] != 6 && value[0] != 9 { blocks.isPlain = false }
        case 14:
            if value.count == 8 { interface.offset = Int64(bitPattern: blocks.long(value, 0)) }
            blocks.isPlain = false
        default: break
        }
    }

    /// An enhanced packet block, or an obsolete one, which differs in the interface's number alone.
    private func packet(
        interfaceIndex: (UnsafeRawBufferPointer) -> UInt32
    ) throws(CaptureError) -> CaptureReader.Frame {
        guard let header = blocks.take(20) else {
            throw blocks.damage("a frame in a block that is too short for any")
        }
        let ticks = UInt64(blocks.word(header, 4)) << 32 | UInt64(blocks.word(header, 8))
        let kept = Int(blocks.word(header, 12))
        let wireLength = Int(blocks.word(header, 16))
        let interface = try interface(Int(interfaceIndex(header)))
        guard let moment = interface.moment(ticks) else {
            throw blocks.damage("a frame whose time is further away than years are counted")
        }
        return try frame(kept, wireLength, moment, of: interface)
    }

    private func simplePacket() throws(CaptureError) -> CaptureReader.Frame {
        blocks.isPlain = false
        guard let header = blocks.take(4) else {
            throw blocks.damage("a frame in a block that is too short for any")
        }
        let wireLength = Int(blocks.word(header, 0))
        let interface = try interface(0)
        let kept = interface.snapLength > 0 ? min(wireLength, interface.snapLength) : wireLength
        return try frame(kept, wireLength, lastMoment, of: interface)
    }

    private func interface(_ index: Int) throws(CaptureError) -> PcapngInterface {
        guard index < interfaces.count else {
            throw blocks.damage(
                "a frame of interface \(index), of \(interfaces.count) that are described before it"
            )
        }
        let interface = interfaces[index]
        guard interface.linkType == LinkType.ethernet else {
            let name = interface.name.map { " (\($0.printable))" } ?? ""
            throw CaptureError(
                .malformed, blocks.path,
                "frame \(blocks.frameNumber), of interface \(index)\(name), has link type "
                    + "\(LinkType.name(interface.linkType)) instead of Ethernet (EN10MB); "
                    + "\(LinkType.remedy), or leave such frames out: tshark -r FILE "
                    + "-Y \"frame.interface_id != \(index)\" -w NEW")
        }
        return interface
    }

    private func frame(
        _ kept: Int, _ wireLength: Int, _ moment: CaptureTime, of interface: PcapngInterface
    ) throws(CaptureError) -> CaptureReader.Frame {
        guard kept <= blocks.rest else {
            throw blocks.damage("a frame of \(kept) bytes, for which its block is too short")
        }
        guard kept <= Self.longestFrame else {
            throw blocks.damage(
                "a frame of \(kept) bytes; at most \(Self.longestFrame) are believed")
        }
        guard let content = blocks.take(kept) else {
            throw CaptureError(.unreadable, blocks.path, "became shorter while it was read")
        }
        if interface.snapLength > 0, kept > interface.snapLength { blocks.isPlain = false }
        lastMoment = moment
        return CaptureReader.Frame(moment: moment, wireLength: wireLength, bytes: content)
    }
}

extension String {
    /// Without what controls a terminal.
    fileprivate var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map {
                    $0.properties.generalCategory == .control ? "\u{fffd}" : $0
                }))
    }
}
