// SPDX-License-Identifier: Apache-2.0

import ControlAPI
package import FoundationEssentials
import FreewayConfiguration
package import PacketHeaders

/// Reads changes of routes from JSON: `{"routes":[{"action":"add","to":"10.0.0.0/8","via":"192.0.2.9"}]}`.
extension RouteChanges {
    private static let keys = ["action", "to", "via", "type", "metric", "track", "vrf"]
    private static let hopKeys = ["address", "weight", "interface", "onlink"]

    /// What an empty body says.
    package static func ofNothing(isText: Bool) -> RouteChanges {
        var changes = RouteChanges(isText: isText)
        changes.report(Problem(message: "the body is empty"))
        return changes
    }

    package init(json body: Data) {
        guard !body.isEmpty else {
            self = .ofNothing(isText: false)
            return
        }
        self.init(isText: false)
        guard let value = try? ControlJSON.decode(JSONValue.self, from: body) else {
            report(Problem(message: "the body is not JSON"))
            return
        }
        guard case .object(let object) = value, case .array(let list)? = object["routes"] else {
            report(
                Problem(
                    message: "expected an object such as {\"routes\":[{\"action\":\"add\","
                        + "\"to\":\"10.0.0.0/8\",\"via\":\"192.0.2.9\"}]}"))
            return
        }
        for key in object.keys.sorted() where key != "routes" {
            report(Problem(field: Self.shortened(key), message: "unknown key; expected routes"))
        }
        for (index, element) in list.enumerated() { read(element, at: index) }
    }

    private mutating func read(_ element: JSONValue, at place: Int) {
        let field = "routes[\(place)]"
        guard case .object(let object) = element else {
            return report(Problem(field: field, message: "not an object"))
        }
        let count = problems.count + omittedProblems
        for key in object.keys.sorted() where !Self.keys.contains(key) {
            let near = Spelling.nearest(to: key, among: Self.keys)
            report(
                Problem(
                    field: "\(field).\(Self.shortened(key))",
                    message: "unknown key" + (near.map { "; did you mean \"\($0)\"?" } ?? "")))
        }
        let action = text("action", of: object, field).flatMap { word in
            choice(word, of: Action.allCases.map(\.name), "\(field).action")
        }.flatMap { name in Action.allCases.first { $0.name == name } }
        let prefix = text("to", of: object, field).flatMap { self.prefix($0, "\(field).to") }
        let target = self.target(of: object, field, isNeeded: action != .delete)
        let preference = preference(of: object, field)
        let name =
            object["vrf"] == nil ? Configuration.VRF.main : text("vrf", of: object, field)
        guard let action, let prefix, let preference, let name,
            problems.count + omittedProblems == count
        else { return }
        guard let vrf = self.index(ofVRF: name) else {
            return report(Problem(field: "\(field).vrf", message: "too many VRFs in one request"))
        }
        append(
            action, prefix, target.map { self.index(of: $0, in: vrf) } ?? -1, preference, vrf: vrf,
            place: UInt32(truncatingIfNeeded: place + 1))
    }

    private mutating func preference(
        of object: [String: JSONValue], _ field: String
    ) -> Preference? {
        var preference = Preference()
        if let metric = object["metric"] {
            guard case .integer(let number) = metric, let metric = UInt32(exactly: number) else {
                report(
                    Problem(
                        field: "\(field).metric",
                        message: "expected a metric from 0 to \(UInt32.max)"))
                return nil
            }
            preference.metric = metric
        }
        guard object["track"] != nil else { return preference }
        let words = Configuration.Route.Track.allCases.map(\.rawValue)
        guard
            let word = text("track", of: object, field).flatMap({
                choice($0, of: words, "\(field).track")
            })
        else { return nil }
        preference.tracksNeighbours = word == Configuration.Route.Track.neighbour.rawValue
        return preference
    }

    private mutating func target(
        of object: [String: JSONValue], _ field: String, isNeeded: Bool
    ) -> Target? {
        switch (object["via"], object["type"]) {
        case (nil, nil):
            if isNeeded {
                report(
                    Problem(
                        field: field,
                        message: "has neither \"via\" (a next hop) nor \"type\" (blackhole, "
                            + "unreachable or prohibit)"))
            }
            return nil
        case (_?, _?):
            report(
                Problem(
                    field: "\(field).type",
                    message: "cannot stand beside \"via\"; a route has one of the two"))
            return nil
        case (nil, _?):
            return text("type", of: object, field).flatMap {
                choice($0, of: Configuration.Route.Action.allCases.map(\.rawValue), "\(field).type")
            }.flatMap { Configuration.Route.Action(rawValue: $0) }.map { .drop($0) }
        case (let via?, nil): return nextHops(via, "\(field).via")
        }
    }

    private mutating func nextHops(_ value: JSONValue, _ field: String) -> Target? {
        guard case .array(let list) = value else {
            if case .object(let object) = value, object["address"] == nil,
                object["interface"] != nil, object.count == 1
            {
                return text("interface", of: object, field).map { .interface($0) }
            }
            if case .object(let object) = value, object["vrf"] != nil, object.count == 1 {
                return text("vrf", of: object, field).map { .table($0) }
            }
            return member(value, field).map { .via([$0]) }
        }
        var members: [Hop] = []
        for (index, element) in list.enumerated().prefix(
            Configuration.Route.maximumNextHopCount + 1)
        {
            guard let member = member(element, "\(field)[\(index)]") else { return nil }
            members.append(member)
        }
        if let problem = Self.problem(with: members) {
            report(Problem(field: field, message: problem))
            return nil
        }
        return .via(members)
    }

    private mutating func member(
        _ value: JSONValue, _ field: String
    ) -> Hop? {
        switch value {
        case .string(let text):
            return hop(text, field)
        case .object(let object):
            for key in object.keys.sorted() where !Self.hopKeys.contains(key) {
                report(
                    Problem(
                        field: "\(field).\(Self.shortened(key))",
                        message: "unknown key; expected "
                            + Self.hopKeys.dropLast().joined(separator: ", ") + " and onlink"))
                return nil
            }
            guard
                var member = text("address", of: object, field).flatMap({
                    hop($0, "\(field).address")
                })
            else { return nil }
            if object["interface"] != nil {
                guard let name = text("interface", of: object, field) else { return nil }
                member.interface = name
            }
            if let flag = object["onlink"] {
                guard case .bool(let isOnLink) = flag, !isOnLink || member.interface != nil else {
                    report(
                        Problem(
                            field: "\(field).onlink",
                            message: "expected true or false, and an interface beside it"))
                    return nil
                }
                member.isOnLink = isOnLink
            }
            guard let weight = object["weight"] else { return member }
            let range = Configuration.WeightedNextHop.weightRange
            guard case .integer(let number) = weight, range.contains(Int(number)) else {
                report(
                    Problem(
                        field: "\(field).weight",
                        message: "expected a weight from \(range.lowerBound) to "
                            + "\(range.upperBound)"))
                return nil
            }
            member.weight = Int(number)
            return member
        default:
            report(Problem(field: field, message: "expected a next hop such as \"192.0.2.9\""))
            return nil
        }
    }

    private mutating func text(
        _ key: String, of object: [String: JSONValue], _ field: String
    ) -> String? {
        switch object[key] {
        case .string(let text): return text
        case nil: report(Problem(field: "\(field).\(key)", message: "missing"))
        default: report(Problem(field: "\(field).\(key)", message: "not a text"))
        }
        return nil
    }

    private mutating func choice(_ word: String, of words: [String], _ field: String) -> String? {
        if words.contains(word) { return word }
        let near = Spelling.nearest(to: word, among: words)
        report(
            Problem(
                field: field,
                message: "found \"\(Self.shortened(word))\", expected "
                    + words.joined(separator: ", ") + (near.map { "; did you mean \($0)?" } ?? "")))
        return nil
    }

    private mutating func prefix(_ text: String, _ field: String) -> IPPrefix? {
        guard let (address, length) = Self.addressAndLength(text) else {
            report(
                Problem(
                    field: field,
                    message:
                        "found \"\(Self.shortened(text))\", expected a prefix such as 10.0.0.0/8"))
            return nil
        }
        let prefix = IPPrefix(containing: address, length: length)
        guard prefix.address == address else {
            report(
                Problem(field: field, message: "\(text) has host bits set; did you mean \(prefix)?")
            )
            return nil
        }
        return prefix
    }

    /// An address, with the interface behind a `%` where it is of that one's link (RFC 4007, 11).
    private mutating func hop(_ text: String, _ field: String) -> Hop? {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if let address = IPAddress(parts.first ?? ""), parts.count == 1 || !address.isIPv4 {
            return Hop(address: address, interface: parts.count > 1 ? String(parts[1]) : nil)
        }
        report(
            Problem(
                field: field,
                message: "found \"\(Self.shortened(text))\", expected a next hop such as 192.0.2.9")
        )
        return nil
    }

    /// An address with the length behind it, or that of one host; `default` is 0.0.0.0/0.
    package static func addressAndLength(_ text: String) -> (IPAddress, Int)? {
        if text == "default" { return (IPPrefix.allIPv4.address, 0) }
        var text = text
        return text.withUTF8 { Word(UnsafeRawBufferPointer($0)).addressAndLength }
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 64 ? text : String(text.prefix(64)) + "…"
    }
}
