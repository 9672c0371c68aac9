// SPDX-License-Identifier: Apache-2.0

/// The bytes of a pcap file, put together by hand: what Freeway's reader is held against.
public struct PcapFile {
    public enum Precision: Sendable { case micro, nano }

    public private(set) var bytes: [UInt8] = []
    private let isBigEndian: Bool

    /// - Parameter linkType: 1 is Ethernet.
    public init(
        precision: Precision = .micro, isBigEndian: Bool = false, linkType: UInt32 = 1,
        snapLength: UInt32 = 262_144
    ) {
        self.isBigEndian = isBigEndian
        append(precision == .nano ? 0xa1b2_3c4d : 0xa1b2_c3d4 as UInt32)
        append(2 as UInt16)
        append(4 as UInt16)
        append(0 as UInt32)
        append(0 as UInt32)
        append(snapLength)
        append(linkType)
    }

    /// Adds a frame.
    /// - Parameters:
    ///   - fraction: microseconds or nanoseconds, as the file has it.
    ///   - wireLength: bytes on the wire, where the capture cut the frame.
    public mutating func add(
        _ frame: [UInt8], seconds: UInt32 = 0, fraction: UInt32 = 0, wireLength: Int? = nil
    ) {
        append(seconds)
        append(fraction)
        append(UInt32(frame.count))
        append(UInt32(wireLength ?? frame.count))
        bytes += frame
    }

    public func adding(
        _ frame: [UInt8], seconds: UInt32 = 0, fraction: UInt32 = 0, wireLength: Int? = nil
    ) -> PcapFile {
        var copy = self
        copy.add(frame, seconds: seconds, fraction: fraction, wireLength: wireLength)
        return copy
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
    }
}
