// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Glibc

/// Reads changes of routes, one a line, in the words of `ip route`, as the text comes in:
///
///     add 10.0.0.0/8 via 192.0.2.9
///     replace 10.0.0.0/8 nexthop via 192.0.2.9 weight 2 nexthop via 192.0.2.10
///     add blackhole 10.1.0.0/16        # or unreachable, or prohibit
///     delete 10.0.0.0/8
///
/// and what `ip route show` prints, line by line: each such route is to be in the table. Of several with one
/// prefix that of the lowest metric is, as in Linux.
///
/// It works on bytes: a line that is right makes no text. What is wrong is kept with its line.
package struct RouteTextParser {
    /// Without the newline.
    static let longestLine = 4096

    private var lines = RouteLineReader()
    /// What has been read so far takes of memory.
    package var heldBytes: Int { lines.heldBytes }
    /// The beginning of a line whose end has not come.
    private var carry: [UInt8] = []
    private var isSkipping = false

    package init() {}

    /// Takes the next piece of the text, which may end anywhere.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        var rest = bytes[...]
        while !rest.isEmpty,
            let newline = memchr(base + rest.startIndex, Int32(UInt8(ascii: "\n")), rest.count)
        {
            let end = UnsafeRawPointer(newline) - base
            finishLine(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = rest[(end + 1)...]
        }
        if carry.count + rest.count > Self.longestLine {
            isSkipping = true
            carry = []
        } else if !isSkipping {
            carry += rest
        }
    }

    /// The text has ended; its last line need not end in a newline.
    package mutating func finish() -> RouteChanges {
        if isSkipping || !carry.isEmpty { finishLine(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return lines.finish()
    }

    private mutating func finishLine(_ bytes: UnsafeRawBufferPointer) {
        lines.begin()
        if isSkipping || carry.count + bytes.count > Self.longestLine {
            lines.report("the line is longer than \(Self.longestLine) bytes")
        } else if carry.isEmpty {
            read(bytes)
        } else {
            let whole = carry + bytes
            whole.withUnsafeBytes { read($0) }
        }
        carry = []
        isSkipping = false
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) {
        let mark = ByteOrderMark.utf8
        let isMarked = lines.line == 1 && bytes.starts(with: mark)
        lines.read(
            isMarked ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst(mark.count)) : bytes)
    }
}
