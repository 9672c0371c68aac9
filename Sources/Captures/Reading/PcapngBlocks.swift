// SPDX-License-Identifier: Apache-2.0

/// Walks the blocks of a pcapng file, and reads numbers in the byte order of the section that they are in.
/// One thread.
final class PcapngBlocks {
    /// Types of blocks; 2 is obsolete, and still written by some.
    enum Kind {
        static let section: UInt32 = 0x0a0d_0d0a
        static let interface: UInt32 = 1
        static let oldPacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let packet: UInt32 = 6
    }

    let path: String
    private let bytes: FileBytes
    private var isBigEndian = false
    /// Of the current block.
    private var kind: UInt32 = 0
    private var number = 0
    private var start = 0
    private var length = 0
    private var isInside = false
    /// Blocks that held or hold a frame.
    private(set) var frameNumber = 0
    /// Set once the file ended in the middle of a block.
    private(set) var isTruncated = false
    /// Whether libpcap reads the file up to here, and reads it alike.
    var isPlain = true

    /// Wireshark's limit, too: a longer block is a damaged length.
    private static let longest = 16 << 20
    /// A block that libpcap surely takes.
    private static let longestPlain = 1 << 17

    init(path: String, bytes: FileBytes) {
        self.path = path
        self.bytes = bytes
    }

    /// Bytes of the file in front of the next one to be read.
    var readBytes: Int { bytes.offset }
    /// Bytes of the block's content that were not read.
    var rest: Int { start + length - 4 - bytes.offset }

    /// Bytes of the block's content, valid until the next are read.
    func take(_ count: Int) -> UnsafeRawBufferPointer? { count <= rest ? bytes.take(count) : nil }

    /// Leaves the current block and enters the next.
    /// - Returns: its type; nil at the end of the file.
    func next() throws(CaptureError) -> UInt32? {
        if isInside, !isTruncated { try leave() }
        guard !isTruncated, bytes.remaining > 0 else { return nil }
        return try enter() ? kind : nil
    }

    private func enter() throws(CaptureError) -> Bool {
        start = bytes.offset
        number += 1
        guard let header = bytes.take(8) else { return endEarly() }
        // A section's type is the same in both byte orders.
        kind = word(header, 0)
        var claimed = word(header, 4)
        if kind == Kind.section {
            guard let magic = bytes.take(4) else { return endEarly() }
            let isOther = word(magic, 0) == 0x4d3c_2b1a
            guard isOther || word(magic, 0) == 0x1a2b_3c4d else {
                throw damage("a section whose byte order nobody knows")
            }
            if isOther {
                isBigEndian.toggle()
                claimed = claimed.byteSwapped
            }
        }
        guard claimed >= (kind == Kind.section ? 28 : 12) else {
            throw damage("a block of \(claimed) bytes, which is less than any has")
        }
        guard claimed <= Self.longest else {
            throw damage("a block of \(claimed) bytes; at most \(Self.longest) are believed")
        }
        // Some leave the padding out of the length.
        length = Int(claimed + 3) / 4 * 4
        if length != claimed || length > Self.longestPlain { isPlain = false }
        guard rest + 4 <= bytes.remaining else { return endEarly() }
        if kind == Kind.section { try enterSection() }
        if [Kind.packet, Kind.oldPacket, Kind.simplePacket].contains(kind) { frameNumber += 1 }
        isInside = true
        return true
    }

    private func enterSection() throws(CaptureError) {
        // Behind the version is the section's length, which its writer need not know.
        guard let header = bytes.take(12) else {
            isTruncated = true
            return
        }
        let (major, minor) = (half(header, 0), half(header, 2))
        guard major == 1 else {
            throw damage("version \(major).\(minor) of pcapng, of which version 1 is known")
        }
        if minor != 0 || number > 1 { isPlain = false }
    }

    private func leave() throws(CaptureError) {
        bytes.skip(rest)
        guard let trailer = bytes.take(4) else {
            isTruncated = true
            return
        }
        let again = word(trailer, 0)
        guard again <= Self.longest, Int(again + 3) / 4 * 4 == length else {
            throw damage("a block of \(length) bytes that says at its end to have \(again)")
        }
        if again != length { isPlain = false }
        isInside = false
    }

    private func endEarly() -> Bool {
        isTruncated = true
        return false
    }

    /// What is wrong with the block, where it is, and what can be saved.
    func damage(_ what: String) -> CaptureError {
        let isFrame = [Kind.packet, Kind.oldPacket, Kind.simplePacket].contains(kind)
        // A block that was not entered does not count yet.
        let before = isFrame && isInside ? frameNumber - 1 : frameNumber
        return CaptureError(
            .malformed, path,
            "block \(number), at byte \(start)" + (isFrame ? ", frame \(before + 1)" : "")
                + ": \(what); the file is damaged"
                + (before > 0
                    ? ": \"editcap -r FILE NEW 1-\(before)\" keeps the frames before" : ""))
    }
}

/// Numbers in the byte order of the section.
extension PcapngBlocks {
    func half(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return isBigEndian ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
    }

    func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
    }

    func long(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return isBigEndian ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
    }
}
