// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Bytes of a frame")
struct FrameBytesTests {
    @Test("loads outside the bytes give nil, whatever the offset")
    func loadsOutside() {
        withFrame(hex("0102030405060708")) { bytes in
            for offset in [-1, 8, 9, Int.min, Int.max, Int.max - 7, Int.min + 1] {
                #expect(bytes.uint8(at: offset) == nil)
            }
            #expect(bytes.uint16(at: 7) == nil)
            #expect(bytes.uint32(at: 5) == nil)
            #expect(bytes.uint64(at: 1) == nil)
            #expect(bytes.uint64(at: Int.max) == nil)
        }
    }

    @Test("no bytes have no fields", arguments: [0, -1, Int.min])
    func empty(count: Int) {
        let bytes = withUnsafeBytes(of: 0 as UInt64) { FrameBytes($0.baseAddress!, count: count) }
        #expect(bytes.count == 0)
        #expect(bytes.uint8(at: 0) == nil)
        #expect(bytes.uint64(at: 0) == nil)
        #expect(bytes.dropFirst(1).count == 0)
        #expect(FrameBytes(UnsafeRawBufferPointer(start: nil, count: 0)).uint8(at: 0) == nil)
    }

    @Test("fields are big-endian on the wire")
    func fields() {
        withFrame(hex("0102030405060708")) { bytes in
            #expect(bytes.uint8(at: 7) == 8)
            #expect(bytes.uint16(at: 6) == 0x0708)
            #expect(bytes.uint32(at: 4) == 0x0506_0708)
            #expect(bytes.uint64(at: 0) == 0x0102_0304_0506_0708)
        }
    }

    @Test("slices are clamped to the bytes")
    func slices() {
        withFrame(hex("010203")) { bytes in
            #expect(bytes.dropFirst(-1).count == 3)
            #expect(bytes.dropFirst(2).uint8(at: 0) == 3)
            #expect(bytes.dropFirst(3).count == 0)
            #expect(bytes.dropFirst(Int.max).count == 0)
            #expect(bytes.prefix(Int.max).count == 3)
            #expect(bytes.prefix(Int.min).count == 0)
            #expect(bytes.prefix(2).uint8(at: 2) == nil)
        }
    }

    @Test("a store that does not fit changes nothing")
    func stores() {
        withMutableFrame(hex("00000000")) { bytes, now in
            #expect(!bytes.store(0x0102_0304 as UInt32, at: 1))
            #expect(!bytes.store(1 as UInt8, at: -1))
            #expect(!bytes.store(1 as UInt16, at: Int.max))
            #expect(now() == hex("00000000"))
            #expect(bytes.store(0x0102 as UInt16, at: 2))
            #expect(bytes.dropFirst(1).store(9 as UInt8, at: 0))
            #expect(now() == hex("00090102"))
        }
    }
}
