// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// The bytes of a hexadecimal text; anything but hexadecimal digits separates.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    precondition(digits.count.isMultiple(of: 2), "half a byte in a test vector")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Lends the bytes in an allocation of exactly their size, so that AddressSanitizer sees every
/// load beyond them.
func withFrame<Result>(
    _ bytes: [UInt8], _ body: (FrameBytes) throws -> Result
) rethrows -> Result {
    try withMutableFrame(bytes) { frame, _ in try body(frame.readOnly) }
}

/// Lends the bytes for writing; the second argument gives them back as they are now.
func withMutableFrame<Result>(
    _ bytes: [UInt8], _ body: (MutableFrameBytes, () -> [UInt8]) throws -> Result
) rethrows -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return try body(MutableFrameBytes(memory)) { Array(memory) }
}

extension [UInt8] {
    /// A copy in which the bytes from `offset` on are replaced.
    func replacing(at offset: Int, _ text: String) -> [UInt8] {
        var copy = self
        let new = hex(text)
        copy.replaceSubrange(offset..<offset + new.count, with: new)
        return copy
    }
}

let ethernetToIPv4 = hex("02 00 00 00 00 01  02 00 00 00 00 02  08 00")
let ethernetToIPv6 = hex("02 00 00 00 00 01  02 00 00 00 00 02  86 dd")

/// 192.0.2.1 to 198.51.100.7, UDP, TTL 64, total length 28, right checksum.
let ipv4UDP = hex("45 00 00 1c 12 34 40 00 40 11 3c 61 c0 00 02 01 c6 33 64 07")
/// Ports 4660 and 53, no payload, no checksum.
let udp = hex("12 34 00 35 00 08 00 00")

/// 2001:db8::1 to 2001:db8::2, hop limit 64.
func ipv6(_ nextHeader: UInt8, payload: [UInt8]) -> [UInt8] {
    hex("60 00 00 00") + [UInt8(payload.count >> 8), UInt8(payload.count & 0xff), nextHeader, 64]
        + hex("20010db8000000000000000000000001 20010db8000000000000000000000002") + payload
}
