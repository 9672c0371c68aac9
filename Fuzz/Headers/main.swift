// SPDX-License-Identifier: Apache-2.0

import FuzzSupport
import HeaderSupport
import PacketHeaders

// Every view over any bytes: nothing traps, nothing reads or writes beyond the end.
fuzz { start, count in
    // A copy of exactly this size, so that AddressSanitizer sees one byte too many.
    let copy = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 1)
    defer { copy.deallocate() }
    if let start { copy.copyMemory(from: start, byteCount: count) }
    var reader = HeaderReader { fatalError($0) }
    for offset in [0, 14, 18, 34] where offset <= count {
        reader.readAll(FrameBytes(copy + offset, count: count - offset))
    }
    let summary = FrameSummary(FrameBytes(copy, count: count))
    precondition(summary.transportOffset <= count, "the transport header begins inside the frame")
    for offset in [0, 14] where offset <= count {
        reader.changeAll(MutableFrameBytes(copy + offset, count: count - offset))
    }
    return 0
}
