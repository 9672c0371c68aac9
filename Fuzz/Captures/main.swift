// SPDX-License-Identifier: Apache-2.0

import FuzzSupport
import Glibc

@testable import Captures

/// The file that libpcap reads: in memory, without a name, and written anew for each input.
let file = open("/dev/shm", O_RDWR | __O_TMPFILE | O_CLOEXEC, 0o600)
let path = "/proc/self/fd/\(file)"

/// A few bytes of gzip or zstd stand for gigabytes.
let copyLimit = SpoolFile.Limit(bytes: 16 << 20, reason: "what the fuzzer allows")

// Any file is a capture or an error, and what the survey counts is what the reader gives.
fuzz { start, count in
    guard ftruncate(file, 0) == 0, pwrite(file, start, count, 0) == count else {
        fatalError("cannot write the capture")
    }
    do throws(CaptureError) {
        let capture = try CaptureFile(path: path, copyLimit: copyLimit)
        let survey = try CaptureSurvey(capture)
        let reader = try CaptureReader(capture)
        var frames = 0
        var last: UInt8 = 0
        while let frame = try reader.next() {
            frames += 1
            for byte in frame.bytes { last &+= byte }
        }
        precondition(frames == survey.frameCount, "survey and reader agree")
        precondition(survey.notes.allSatisfy { !$0.isEmpty })
    } catch {
        precondition(!"\(error)".isEmpty, "an error says something")
    }
    return 0
}
