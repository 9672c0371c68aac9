// SPDX-License-Identifier: Apache-2.0

import FuzzSupport
import Glibc

@testable import Captures

/// The file that is read: in memory, without a name, and written anew for each input.
let file = open("/dev/shm", O_RDWR | __O_TMPFILE | O_CLOEXEC, 0o600)
let path = "/proc/self/fd/\(file)"

// Any bytes that begin with a section's type are frames or an error that says where; a frame lies within the file; and
// where the reader says that libpcap reads the file alike, libpcap does.
fuzz { start, count in
    guard CaptureMagic.isPcapng(UnsafeRawBufferPointer(start: start, count: count)) else {
        return -1
    }
    guard ftruncate(file, 0) == 0, pwrite(file, start, count, 0) == count else {
        fatalError("cannot write the capture")
    }
    var frames: [[UInt8]] = []
    guard let bytes = FileBytes(path: path) else { fatalError("cannot read the capture") }
    let reader = PcapngReader(path: "fuzz.pcapng", bytes: bytes)
    do throws(CaptureError) {
        while let frame = try reader.next() {
            precondition(frame.bytes.count <= count, "a frame lies within the file")
            precondition(frame.moment.nanoseconds < 1_000_000_000)
            frames.append(Array(frame.bytes))
        }
    } catch {
        precondition(error.description.hasPrefix("fuzz.pcapng: "), "an error names the file")
        return 0
    }
    guard reader.isPlain, !frames.isEmpty else { return 0 }
    do throws(CaptureError) {
        let other = try PcapReader(path: path, readPath: path)
        for frame in frames {
            guard let same = try other.next() else { fatalError("libpcap has fewer frames") }
            precondition(same.bytes.elementsEqual(frame), "libpcap has other bytes")
        }
    } catch {
        fatalError("libpcap does not read what it should: \(error)")
    }
    return 0
}
