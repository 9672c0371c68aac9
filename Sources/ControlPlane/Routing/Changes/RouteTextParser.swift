// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Glibc
import PacketHeaders

/// Reads changes of routes, one a line, in the words of `ip route`, as the text comes in:
///
///     add 10.0.0.0/8 via 192.0.2.9
///     replace 10.0.0.0/8 nexthop via 192.0.2.9 weight 2 nexthop via 192.0.2.10
///     add blackhole 10.1.0.0/16        # or unreachable
///     delete 10.0.0.0/8
///
/// It works on bytes: a line that is right makes no text. What is wrong is kept with its line.
struct RouteTextParser {
    /// Without the newline.
    static let longestLine = 4096

    private(set) var changes = RouteChanges(isText: true)
    /// What has been read so far takes of memory.
    var heldBytes: Int { changes.heldBytes }
    private var line: UInt32 = 0
    /// The beginning of a line whose end has not come.
    private var carry: [UInt8] = []
    private var isSkipping = false
    /// Most lines name the same next hop as the one before.
    private var lastHop: (address: UInt32, target: Int32)?

    /// Takes the next piece of the text, which may end anywhere.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
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
    mutating func finish() -> RouteChanges {
        if isSkipping || !carry.isEmpty { finishLine(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return changes
    }

    private mutating func finishLine(_ bytes: UnsafeRawBufferPointer) {
        line &+= 1
        if isSkipping || carry.count + bytes.count > Self.longestLine {
            report("the line is longer than \(Self.longestLine) bytes")
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
        var words = WordReader(bytes)
        guard var word = words.next() else { return }
        if word == "route", let next = words.next() { word = next }
        let action: RouteChanges.Action
        if word == "add" {
            action = .add
        } else if word == "replace" {
            action = .replace
        } else if word == "delete" || word == "del" {
            action = .delete
        } else {
            let near = Spelling.nearest(
                to: word.text, among: RouteChanges.Action.allCases.map(\.name))
            return report(
                "found \(word.quoted), expected add, replace or delete"
                    + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        var target: Int32 = -1
        word = words.next() ?? Word()
        if word == "blackhole" || word == "unreachable" {
            target = changes.index(of: word == "blackhole" ? .blackhole : .unreachable)
            word = words.next() ?? Word()
        }
        guard let key = prefix(word) else { return }
        if let next = words.next() {
            guard target < 0 else {
                return report("found \(next.quoted) behind the prefix, expected nothing")
            }
            guard let found = nextHops(next, &words) else { return }
            target = found
        }
        guard action == .delete || target >= 0 else {
            return report(
                "has no next hop: expected via ADDRESS behind the prefix, or blackhole or "
                    + "unreachable in front of it")
        }
        changes.append(action, key, target, place: line)
    }

    private mutating func prefix(_ word: Word) -> PrefixKey? {
        if word == "default" { return PrefixKey(0, 0) }
        guard let (address, length) = word.addressAndLength else {
            report(
                word.isEmpty
                    ? "has no prefix: expected one such as 10.0.0.0/8"
                    : "found \(word.quoted), expected a prefix such as 10.0.0.0/8")
            return nil
        }
        let key = PrefixKey(address, length)
        guard key.address == address else {
            report("\(word.text) has host bits set; did you mean \(key)?")
            return nil
        }
        return key
    }

    /// `via A`, or `nexthop via A [weight N]` once or more: the target's index.
    private mutating func nextHops(_ first: Word, _ words: inout WordReader) -> Int32? {
        guard first == "nexthop" else {
            guard first == "via" else {
                report("found \(first.quoted), expected via ADDRESS or nexthop via ADDRESS")
                return nil
            }
            guard let address = address(words.next() ?? Word()) else { return nil }
            if let word = words.next() {
                report("found \(word.quoted) behind the next hop, expected nothing")
                return nil
            }
            if let lastHop, lastHop.address == address { return lastHop.target }
            let target = changes.index(
                of: .via([.init(address: IPv4Address(rawValue: address))]))
            lastHop = (address, target)
            return target
        }
        var members: [NextHopRegistry.Member] = []
        var word: Word? = first
        while let keyword = word {
            guard keyword == "nexthop" else {
                report("found \(keyword.quoted), expected nexthop via ADDRESS")
                return nil
            }
            guard let via = words.next(), via == "via" else {
                report("expected via ADDRESS behind nexthop")
                return nil
            }
            guard let address = address(words.next() ?? Word()) else { return nil }
            var member = NextHopRegistry.Member(address: IPv4Address(rawValue: address))
            word = words.next()
            if let keyword = word, keyword == "weight" {
                let range = Configuration.WeightedNextHop.weightRange
                let number = words.next() ?? Word()
                guard let weight = number.number, range.contains(weight) else {
                    report(
                        "found \(number.quoted), expected a weight from \(range.lowerBound) to "
                            + "\(range.upperBound)")
                    return nil
                }
                member.weight = weight
                word = words.next()
            }
            members.append(member)
        }
        if let problem = RouteChanges.problem(with: members) {
            report(problem)
            return nil
        }
        return changes.index(of: .via(members))
    }

    private mutating func address(_ word: Word) -> UInt32? {
        guard let (address, length) = word.addressAndLength, length == 32, !word.hasLength else {
            report(
                word.isEmpty
                    ? "has no next hop behind via: expected an address such as 192.0.2.9"
                    : "found \(word.quoted), expected a next hop such as 192.0.2.9")
            return nil
        }
        return address
    }

    private mutating func report(_ message: String) {
        changes.report(.init(line: Int(line), message: message))
    }
}

extension RouteChanges {
    /// What is wrong with a set of next hops beside their addresses; nil when nothing is.
    static func problem(with members: [NextHopRegistry.Member]) -> String? {
        let most = Configuration.Route.maximumNextHopCount
        guard (1...most).contains(members.count) else {
            return "found \(members.count) next hops, expected 1 to \(most)"
        }
        var seen: Set<IPv4Address> = []
        for member in members where !seen.insert(member.address).inserted {
            return "\(member.address) is given twice; give it a weight instead"
        }
        return nil
    }
}
