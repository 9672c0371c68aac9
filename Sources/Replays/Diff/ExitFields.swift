// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Names the fields in which two frames differ that one frame became.
enum ExitFields {
    private static let ethernet: [(name: String, bytes: Range<Int>)] = [
        ("ethernet.destination", 0..<6), ("ethernet.source", 6..<12),
        ("ethernet.etherType", 12..<14),
    ]
    private static let ipv4: [(name: String, bytes: Range<Int>)] = [
        ("ipv4.headerLength", 14..<15), ("ipv4.typeOfService", 15..<16),
        ("ipv4.totalLength", 16..<18), ("ipv4.identification", 18..<20),
        ("ipv4.fragmentOffset", 20..<22), ("ipv4.timeToLive", 22..<23),
        ("ipv4.protocol", 23..<24), ("ipv4.headerChecksum", 24..<26), ("ipv4.source", 26..<30),
        ("ipv4.destination", 30..<34),
    ]

    static func differing(_ left: FrameTreatment, _ right: FrameTreatment) -> [String] {
        var names: [String] = []
        var fields = ethernet
        if isIPv4(left.bytes), isIPv4(right.bytes) { fields += ipv4 }
        let end = fields.last?.bytes.upperBound ?? 0
        for field in fields
        where slice(left.bytes, field.bytes) != slice(right.bytes, field.bytes) {
            names.append(field.name)
        }
        if left.length != right.length { names.append("frame.length") }
        let isSameBehind = left.bytes.dropFirst(end) == right.bytes.dropFirst(end)
        // What is not held differs where the digests differ and nothing that is held does.
        if !isSameBehind || (names.isEmpty && left.digest != right.digest) {
            names.append("payload")
        }
        return names
    }

    private static func isIPv4(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 34 && bytes[12] == 8 && bytes[13] == 0
    }

    private static func slice(_ bytes: [UInt8], _ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[range.clamped(to: 0..<bytes.count)]
    }
}
