// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// Turns lines of `ip route` into changes: commands, and what `ip route show` prints.
struct RouteLineReader {
    /// A route that was shown, whose next hops are on lines of their own.
    private struct OpenRoute {
        let prefix: IPPrefix
        let line: UInt32
        let preference: RouteChanges.Preference
        let vrf: String?
        var members: [RouteChanges.Hop] = []
    }

    /// What names a route that was shown.
    private struct Shown: Hashable {
        let prefix: IPPrefix
        let metric: UInt32
        let vrf: Int
    }

    private var changes = RouteChanges(isText: true)
    private(set) var line: UInt32 = 0
    private var open: OpenRoute?
    /// Whether the next hops that come belong to a route that was wrong already.
    private var skipsNextHops = false
    private var shown: Set<Shown> = []
    private var targets = RouteTargetReader()

    /// About, of memory.
    var heldBytes: Int { changes.heldBytes + shown.capacity * 48 }

    /// The next line begins.
    mutating func begin() { line &+= 1 }

    /// The text has ended.
    mutating func finish() -> RouteChanges {
        closeRoute()
        return changes
    }

    mutating func report(_ message: String) { report(message, at: line) }

    private mutating func report(_ message: String, at line: UInt32) {
        changes.report(.init(line: Int(line), message: message))
    }

    mutating func read(_ bytes: UnsafeRawBufferPointer) {
        var words = WordReader(bytes)
        guard var word = words.next() else { return }
        if word == "nexthop" { return readNextHop(word, &words) }
        closeRoute()
        skipsNextHops = false
        if word == "route", let next = words.next() { word = next }
        if word == "add" {
            readChange(.add, &words)
        } else if word == "replace" {
            readChange(.replace, &words)
        } else if word == "delete" || word == "del" {
            readChange(.delete, &words)
        } else if ShownRoute.begins(with: word) {
            readShown(word, &words)
        } else {
            let near = Spelling.nearest(
                to: word.text, among: RouteChanges.Action.allCases.map(\.name))
            report(
                "found \(word.quoted), expected add, replace or delete"
                    + (near.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    // Commands.

    private mutating func readChange(_ action: RouteChanges.Action, _ words: inout WordReader) {
        do throws(RouteTextError) {
            let word = words.next() ?? Word()
            let drop = RouteChanges.Target.drop(word)
            let prefixWord = drop == nil ? word : words.next() ?? Word()
            // What is wrong with the prefix comes first.
            _ = try prefixWord.prefix()
            let rest = try targets.read(&words, isDrop: drop != nil)
            let prefix = try targets.prefix(prefixWord, rest)
            guard rest.table != .local else {
                throw RouteTextError(
                    "table local has Freeway's own addresses, which are those of ports")
            }
            let vrf = try index(ofVRF: rest.vrf)
            // A deletion means whatever leads there.
            let link = action == .delete ? nil : rest.device.map(RouteChanges.Target.interface)
            let target = drop ?? rest.target ?? link
            guard action == .delete || target != nil else {
                throw RouteTextError(
                    "has no next hop: expected via ADDRESS behind the prefix, or blackhole, "
                        + "unreachable or prohibit in front of it")
            }
            changes.append(
                action, prefix, target.map { changes.index(of: $0, in: vrf) } ?? -1,
                rest.preference, vrf: vrf, place: line)
        } catch {
            report(error.message)
        }
    }

    private mutating func index(ofVRF name: String?) throws(RouteTextError) -> Int {
        guard let name else { return 0 }
        guard let index = changes.index(ofVRF: name) else {
            throw RouteTextError("too many VRFs in one request")
        }
        return index
    }

    // What ip route show prints.

    private mutating func readShown(_ first: Word, _ words: inout WordReader) {
        do throws(RouteTextError) {
            let route = try ShownRoute(first, &words, &targets)
            switch route.kind {
            case .passedOver: return
            case .target(let target):
                try add(route.prefix, target, route.preference, in: route.vrf, at: line)
            case .open:
                open = OpenRoute(
                    prefix: route.prefix, line: line, preference: route.preference, vrf: route.vrf)
            }
        } catch {
            skipsNextHops = true
            report(error.message)
        }
    }

    private mutating func readNextHop(_ word: Word, _ words: inout WordReader) {
        guard !skipsNextHops else { return }
        do throws(RouteTextError) {
            guard open != nil else {
                throw RouteTextError(
                    "a next hop without a route: expected one in front of it, such as 10.0.0.0/8 on the "
                        + "line before")
            }
            let members = try targets.members(word, &words)
            open?.members += members
        } catch {
            open = nil
            skipsNextHops = true
            report(error.message)
        }
    }

    private mutating func closeRoute() {
        guard let route = open else { return }
        open = nil
        if route.members.isEmpty {
            report(
                "has no next hop: expected via ADDRESS, or lines with nexthop via ADDRESS below",
                at: route.line)
        } else if let problem = RouteChanges.problem(with: route.members) {
            report(problem, at: route.line)
        } else {
            do throws(RouteTextError) {
                try add(
                    route.prefix, .via(route.members), route.preference, in: route.vrf,
                    at: route.line)
            } catch {
                report(error.message, at: route.line)
            }
        }
    }

    /// Of several with one prefix and metric, which differ in something that Freeway's do not have, the first counts.
    private mutating func add(
        _ prefix: IPPrefix, _ target: RouteChanges.Target,
        _ preference: RouteChanges.Preference, in vrf: String?, at line: UInt32
    ) throws(RouteTextError) {
        let vrf = try index(ofVRF: vrf)
        let name = Shown(prefix: prefix, metric: preference.metric ?? 0, vrf: vrf)
        guard shown.insert(name).inserted else { return }
        changes.append(
            .replace, prefix, changes.index(of: target, in: vrf), preference, vrf: vrf,
            place: line)
    }
}

/// Why a line is no change.
struct RouteTextError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

extension RouteChanges.Target {
    /// What a word in front of the prefix says; nil where it says none that Freeway has.
    static func drop(_ word: Word) -> RouteChanges.Target? {
        if word == "blackhole" { return .drop(.blackhole) }
        if word == "unreachable" { return .drop(.unreachable) }
        return word == "prohibit" ? .drop(.prohibit) : nil
    }
}

extension Word {
    /// - Throws: `RouteTextError` for what is no prefix; an address is one of all its bits.
    func prefix() throws(RouteTextError) -> IPPrefix {
        if self == "default" { return .allIPv4 }
        guard let (address, length) = addressAndLength else {
            throw RouteTextError(
                isEmpty
                    ? "has no prefix: expected one such as 10.0.0.0/8"
                    : "found \(quoted), expected a prefix such as 10.0.0.0/8")
        }
        let prefix = IPPrefix(containing: address, length: length)
        guard prefix.address == address else {
            throw RouteTextError("\(text) has host bits set; did you mean \(prefix)?")
        }
        return prefix
    }
}
