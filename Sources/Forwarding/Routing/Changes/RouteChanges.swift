// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// The changes of one request, in their order, and what could not be read of it.
public struct RouteChanges: Sendable {
    enum Action: UInt8, CaseIterable, Sendable {
        case add, replace, delete

        var name: String { "\(self)" }
    }

    enum Target: Hashable, Sendable {
        case drop(Configuration.Route.Action)
        case via([Hop])
        /// To hosts on the link of the interface with the name.
        case interface(String)
        /// To be looked up in the VRF with the name.
        case table(String)
    }

    /// A next hop as the request names it.
    struct Hop: Hashable, Sendable {
        var address: IPAddress
        /// The name of its interface, where the request says it.
        var interface: String?
        var weight = 1
        /// Whether it is on no network of the interface.
        var isOnLink = false
    }

    /// What there may be several routes of a prefix by, and when one of them counts.
    struct Preference: Equatable, Sendable {
        /// Nil where the request names none: of a deletion the route with the lowest one, else 0.
        var metric: UInt32?
        var tracksNeighbours = false
    }

    /// 32 bytes, since a request holds up to millions.
    struct Item: Sendable {
        private let address: IPAddress
        /// Into ``targets``; -1 where a deletion names none.
        let target: Int32
        /// From 1: the line of a text, or the place in a list.
        let place: UInt32
        private let metric: UInt32
        private let vrfIndex: UInt16
        private let length: UInt8
        /// The action in the lowest bits.
        private let flags: UInt8
        private static var hasMetric: UInt8 { 4 }
        private static var tracksNeighbours: UInt8 { 8 }

        var action: Action { Action(rawValue: flags & 3) ?? .add }
        /// Into ``RouteChanges/vrfs``.
        var vrf: Int { Int(vrfIndex) }

        init(
            _ action: Action, _ prefix: IPPrefix, _ target: Int32, _ preference: Preference,
            vrf: Int, place: UInt32
        ) {
            address = prefix.address
            length = UInt8(prefix.length)
            metric = preference.metric ?? 0
            flags =
                action.rawValue | (preference.metric == nil ? 0 : Self.hasMetric)
                | (preference.tracksNeighbours ? Self.tracksNeighbours : 0)
            vrfIndex = UInt16(vrf)
            self.target = target
            self.place = place
        }

        var prefix: IPPrefix { IPPrefix(containing: address, length: Int(length)) }
        var preference: Preference {
            Preference(
                metric: flags & Self.hasMetric == 0 ? nil : metric,
                tracksNeighbours: flags & Self.tracksNeighbours != 0)
        }
    }

    /// What is wrong with one place of the request.
    package struct Problem: Equatable, Sendable {
        /// From 1: the line of a text; nil in JSON.
        var line: Int?
        /// Of JSON, such as `routes[3].via`.
        var field: String?
        var message: String
    }

    private(set) var items: [Item] = []
    /// How many changes there are.
    public var count: Int { items.count }
    /// Bytes of memory, about.
    var heldBytes: Int { items.count * MemoryLayout<Item>.stride + targets.count * 128 }
    private(set) var targets: [Target] = []
    /// The VRF of each, into ``vrfs``: where a next hop is depends on that.
    private(set) var vrfsOfTargets: [Int] = []
    /// The names that the request has; the first is the main one's.
    private(set) var vrfs = [Configuration.VRF.main]
    private var knownTargets: [PlacedTarget: Int32] = [:]

    private struct PlacedTarget: Hashable {
        let target: Target
        let vrf: Int
    }
    package private(set) var problems: [Problem] = []
    /// How many more there are.
    private(set) var omittedProblems = 0
    /// Whether places are lines.
    let isText: Bool

    /// More than this many are counted, not kept.
    static let mostProblems = 100

    init(isText: Bool) { self.isText = isText }

    mutating func append(
        _ action: Action, _ prefix: IPPrefix, _ target: Int32,
        _ preference: Preference = Preference(), vrf: Int = 0, place: UInt32
    ) {
        items.append(Item(action, prefix, target, preference, vrf: vrf, place: place))
    }

    /// The index of a VRF's name; nil where there are too many.
    mutating func index(ofVRF name: String) -> Int? {
        if let index = vrfs.firstIndex(of: name) { return index }
        guard vrfs.count <= Configuration.VRF.maximumCount else { return nil }
        vrfs.append(name)
        return vrfs.count - 1
    }

    /// The index of a target that was named.
    /// - Parameter vrf: the index of the route's.
    mutating func index(of target: Target, in vrf: Int = 0) -> Int32 {
        let placed = PlacedTarget(target: target, vrf: vrf)
        if let index = knownTargets[placed] { return index }
        let index = Int32(targets.count)
        targets.append(target)
        vrfsOfTargets.append(vrf)
        knownTargets[placed] = index
        return index
    }

    mutating func report(_ problem: Problem) {
        if problems.count < Self.mostProblems {
            problems.append(problem)
        } else {
            omittedProblems += 1
        }
    }

    /// By line, where the request has lines.
    mutating func sortProblems() {
        problems = problems.enumerated().sorted {
            ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
        }.map(\.element)
    }

    mutating func report(_ message: String, of item: Item) {
        report(
            Problem(
                line: isText ? Int(item.place) : nil,
                field: isText ? nil : "routes[\(item.place - 1)]", message: message))
    }
}

extension RouteChanges {
    /// What messages call the request.
    static let path = "POST /v1/routes"

    /// 422, with all that is wrong.
    public var refusal: ControlRefusal {
        let count = problems.count + omittedProblems
        return ControlRefusal(
            status: 422,
            ErrorReply(
                code: "badRoutes",
                message: "no route was changed: the request has "
                    + (count == 1 ? "an error" : "\(count) errors"),
                problems: problems.map {
                    ConfigurationProblem(
                        path: Self.path, line: $0.line, field: $0.field, message: $0.message)
                }, omitted: omittedProblems == 0 ? nil : omittedProblems))
    }
}
