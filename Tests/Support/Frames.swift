// SPDX-License-Identifier: Apache-2.0

/// Frames made by hand, byte for byte, without Freeway's own header code.
public enum Frames {
    /// An Ethernet II frame.
    public static func ethernet(
        to destination: UInt64 = 0x02_00_00_00_00_01, from source: UInt64 = 0x02_00_00_00_00_02,
        type: UInt16, payload: [UInt8] = []
    ) -> [UInt8] {
        big(destination, 6) + big(source, 6) + big(UInt64(type), 2) + payload
    }

    /// An IPv4 packet with what a test wants to spoil. Lengths and checksum are right unless given.
    public struct IPv4: Sendable {
        public var source: UInt32 = 0xc000_0201  // 192.0.2.1
        public var destination: UInt32 = 0xc633_6407  // 198.51.100.7
        public var timeToLive: UInt8 = 64
        public var ipProtocol: UInt8 = 17
        public var identification: UInt16 = 0x1234
        /// Flags and offset, as the header has them.
        public var fragment: UInt16 = 0
        public var typeOfService: UInt8 = 0
        public var version: UInt8 = 4
        public var options: [UInt8] = []
        public var payload: [UInt8] = []
        /// In words of four bytes; right when nil.
        public var headerWords: UInt8?
        public var totalLength: UInt16?
        public var checksum: UInt16?

        public init(_ change: (inout IPv4) -> Void = { _ in }) { change(&self) }

        public var bytes: [UInt8] {
            let words = headerWords ?? UInt8(5 + options.count / 4)
            let length = totalLength ?? UInt16(20 + options.count + payload.count)
            func header(_ checksum: UInt16) -> [UInt8] {
                [version << 4 | words, typeOfService] + big(UInt64(length), 2)
                    + big(UInt64(identification), 2)
                    + big(UInt64(fragment), 2) + [timeToLive, ipProtocol] + big(UInt64(checksum), 2)
                    + big(UInt64(source), 4) + big(UInt64(destination), 4) + options
            }
            return header(checksum ?? Frames.checksum(header(0))) + payload
        }
    }

    /// A frame with an IPv4 packet in it.
    public static func ipv4(
        to destination: UInt64 = 0x02_00_00_00_00_01, _ change: (inout IPv4) -> Void = { _ in }
    ) -> [UInt8] {
        ethernet(to: destination, type: 0x0800, payload: IPv4(change).bytes)
    }

    /// A frame of a UDP flow, with a number at its end.
    public static func udp(
        from source: (UInt32, UInt16), to destination: (UInt32, UInt16), number: UInt32 = 0
    ) -> [UInt8] {
        ipv4 {
            $0.source = source.0
            $0.destination = destination.0
            $0.payload =
                big(UInt64(source.1), 2) + big(UInt64(destination.1), 2) + big(12, 2) + [0, 0]
                + big(UInt64(number), 4)
        }
    }

    /// The Internet checksum, word by word as RFC 1071 section 1 describes it.
    public static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum +=
                UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
            if sum > 0xffff { sum = (sum & 0xffff) + 1 }
        }
        return ~UInt16(sum)
    }

    /// The low bytes of a number, most significant first.
    public static func big(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }
}

private func big(_ value: UInt64, _ count: Int) -> [UInt8] { Frames.big(value, count) }

extension [UInt8] {
    /// The bytes of a hexadecimal text.
    public init(hex text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        precondition(digits.count.isMultiple(of: 2), "half a byte in a test vector")
        self = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// The big-endian number in the last four bytes: where numbered frames carry their number.
    public var lastNumber: UInt32 { suffix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}
