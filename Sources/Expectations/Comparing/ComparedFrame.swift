// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// A frame under rules: what of it is compared, and which flow it belongs to.
struct ComparedFrame: Sendable {
    /// In its capture, from 1.
    let number: Int
    let bytes: [UInt8]
    /// Equal for frames that the rules call equal.
    let essence: [UInt8]
    let flow: FlowName

    init(_ bytes: [UInt8], number: Int, _ rules: ComparisonRules) {
        self.number = number
        self.bytes = bytes
        let mayBePadded =
            rules.order != .strict && bytes.count <= ComparisonRules.paddedByteCount
        guard rules.looksIntoFrames || mayBePadded else {
            essence = bytes
            flow = FlowName(bytes)
            return
        }
        let frame = FrameFields(bytes)
        // Cleared where they stand first, so that the flow can still be read from them.
        var cleared = bytes
        var isKept = [Bool](repeating: true, count: bytes.count)
        for field in frame.fields {
            let isPadding = mayBePadded && field.name == .ethernetPadding
            if rules.leavesOut(field.name) || isPadding {
                cleared.clear(field, keeping: 0)
                // Bytes of any number: how many there are does not count either.
                if field.name.kind == .bytes {
                    for index in field.byteRange { isKept[index] = false }
                }
            } else if let mask = rules.masks[field.name] {
                cleared.clear(field, keeping: mask)
            }
        }
        flow = rules.looksIntoFrames ? FlowName(cleared) : FlowName(bytes)
        var essence: [UInt8] = []
        essence.reserveCapacity(bytes.count)
        for (byte, isKept) in zip(cleared, isKept) where isKept { essence.append(byte) }
        // Nobody can say where the payload ends: what a sender left out, the wire fills up.
        if mayBePadded, frame.packetEnd == nil, !rules.leavesOut(.payload) {
            while essence.count < ComparisonRules.paddedByteCount { essence.append(0) }
        }
        self.essence = essence
    }
}

extension [UInt8] {
    /// Clears the bits of a field, but for those of the mask; the mask's lowest bit is the field's.
    fileprivate mutating func clear(_ field: FrameField, keeping mask: UInt64) {
        if mask == 0, field.firstBit == 0, field.bitCount % 8 == 0 {
            for index in field.byteRange { self[index] = 0 }
            return
        }
        for bit in 0..<field.bitCount {
            let fromLowest = field.bitCount - 1 - bit
            if fromLowest < 64, mask >> UInt64(fromLowest) & 1 == 1 { continue }
            let place = field.bitOffset + bit
            self[place / 8] &= ~(0x80 >> UInt8(place % 8))
        }
    }
}
