// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

@testable import Forwarding

/// Several routes to one prefix, told apart by their metrics, and next hops that other routes lead to.
@Suite(.usesEAL) struct SeveralRoutesTests {
    /// `to via metric, standby, from`, a line for each route.
    private func shown(_ still: StillForwarder, _ prefix: String = "10.0.0.0/8") throws -> [String]
    {
        var page = RoutePage()
        page.within = RouteChanges.addressAndLength(prefix).map {
            IPPrefix(containing: $0.0, length: $0.1)
        }
        return try still.forwarder.routes(page).routes.map { route in
            let hops = route.nextHops.map { hop in
                (hop.address ?? "on the network")
                    + (hop.through.map { " through \($0.joined(separator: ","))" } ?? "")
                    + (hop.dropped.map { " \($0)" } ?? "")
            }
            let way = hops.isEmpty ? route.type.rawValue : hops.joined(separator: "+")
            return "\(route.to) \(way)" + (route.metric.map { " metric \($0)" } ?? "")
                + (route.track.map { " track \($0)" } ?? "")
                + (route.standby == true ? " standby" : "")
                + (route.origin.source == .api ? " API" : "")
        }
    }

    private func problems(_ still: StillForwarder, _ lines: String...) -> [String] {
        do {
            try still.change(lines)
            return []
        } catch Forwarder.RouteRefusal.problems(let changes) {
            return changes.problems.map(\.message)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("a route of the API takes its place among the configuration's by its metric")
    func metrics() throws {
        let still = try StillForwarder("{to: 10.0.0.0/8, via: 192.0.2.9, metric: 10}")
        defer { still.tearDown() }
        try still.change([
            "add 10.0.0.0/8 via 192.0.2.7 metric 5 track neighbour",
            "add blackhole 10.0.0.0/8 metric 20",
        ])
        #expect(
            try shown(still) == [
                "10.0.0.0/8 192.0.2.7 metric 5 track neighbour API",
                "10.0.0.0/8 192.0.2.9 metric 10 standby",
                "10.0.0.0/8 blackhole metric 20 standby API",
            ])
        #expect(still.way(to: "10.1.2.3") == "first of 3")
        // Its metric names the route.
        #expect(
            problems(still, "add 10.0.0.0/8 via 192.0.2.7 metric 20") == [
                "10.0.0.0/8 metric 20 has a route already; replace changes it"
            ])
        #expect(
            problems(still, "delete 10.0.0.0/8 metric 10") == [
                "10.0.0.0/8 metric 10 is a route of the configuration (router.yaml:7), which the API cannot change"
            ])
        #expect(
            problems(still, "delete 10.0.0.0/8 metric 6") == [
                "10.0.0.0/8 metric 6 has no route to delete"
            ])
        // Without one a deletion means the first of the API's, as in Linux.
        try still.change(["delete 10.0.0.0/8"])
        #expect(
            try shown(still) == [
                "10.0.0.0/8 192.0.2.9 metric 10", "10.0.0.0/8 blackhole metric 20 standby API",
            ])
        try still.change(["delete 10.0.0.0/8 metric 20"])
        #expect(still.way(to: "10.1.2.3") == "via 192.0.2.9")
        #expect(try still.forwarder.route(to: IPAddress("10.1.2.3")!).route?.metric == 10)
    }

    @Test("a reload takes the route of the API away whose metric it names, and leaves the others")
    func reload() throws {
        let still = try StillForwarder("{to: 10.0.0.0/8, via: 192.0.2.9, metric: 10}")
        defer { still.tearDown() }
        try still.change([
            "add 10.0.0.0/8 via 192.0.2.7", "add 10.0.0.0/8 via 192.0.2.8 metric 20",
        ])
        try still.reload("{to: 10.0.0.0/8, action: prohibit, metric: 20}")
        #expect(
            try shown(still) == [
                "10.0.0.0/8 192.0.2.7 API", "10.0.0.0/8 prohibit metric 20 standby",
            ])
        try still.reload("{to: 11.0.0.0/8, action: prohibit}")
        #expect(try shown(still) == ["10.0.0.0/8 192.0.2.7 API"])
        #expect(still.way(to: "10.1.2.3") == "via 192.0.2.7")
    }

    @Test("a next hop on no network goes where the routes lead, and is told of with the way")
    func remote() throws {
        let still = try StillForwarder("{to: 172.16.0.0/12, via: [192.0.2.9, 192.0.2.7]}")
        defer { still.tearDown() }
        #expect(
            problems(still, "add 10.0.0.0/8 via 10.0.0.1") == [
                "10.0.0.1 would be reached through 10.0.0.0/8, whose next hop it is"
            ])
        #expect(problems(still, "add 10.0.0.0/8 via 203.0.113.1").count == 1)
        try still.change(["add 10.0.0.0/8 via 172.16.0.1"])
        #expect(
            try shown(still) == ["10.0.0.0/8 172.16.0.1 through 192.0.2.9,192.0.2.7 API"])
        try still.change(["add 172.16.0.0/24 via 192.0.2.7"])
        #expect(try shown(still) == ["10.0.0.0/8 172.16.0.1 through 192.0.2.7 API"])
        #expect(
            problems(still, "replace 172.16.0.0/24 via 10.9.9.9") == [
                "10.9.9.9 is reached through 10.0.0.0/8, whose next hops lead back to 10.9.9.9"
            ])
        // A reload takes one of the two ways away.
        #expect(throws: Never.self) {
            try still.reload("{to: 11.0.0.0/8, via: 192.0.2.9}")
        }
        #expect(try shown(still) == ["10.0.0.0/8 172.16.0.1 through 192.0.2.7 API"])
        try still.change(["delete 172.16.0.0/24"])
        #expect(try shown(still) == ["10.0.0.0/8 172.16.0.1 nextHopUnresolved API"])
        let reply = try still.forwarder.route(to: IPAddress("10.1.2.3")!)
        #expect(reply.dropped == DropReason.nextHopUnresolved.name)
        // A reload takes what leads nowhere away.
        try still.reload("{to: 11.0.0.0/8, via: 192.0.2.9}")
        #expect(try shown(still) == [])
    }

    @Test("hosts behind an interface may have destinations that are on no network of it")
    func onLink() throws {
        let still = try StillForwarder(
            "{to: 10.0.0.0/8, via: {address: 203.0.113.9, interface: wan, onlink: true}}")
        defer { still.tearDown() }
        try still.change([
            "add 10.1.0.0/16 dev wan", "add 10.2.0.0/16 via 203.0.113.8 dev wan onlink",
            "add 10.3.0.0/16 via 192.0.2.9 dev eth0 onlink",
        ])
        #expect(
            try shown(still) == [
                "10.0.0.0/8 203.0.113.9", "10.1.0.0/16 on the network API",
                "10.2.0.0/16 203.0.113.8 API", "10.3.0.0/16 192.0.2.9 API",
            ])
        #expect(
            problems(
                still, "add 10.4.0.0/16 dev eth0", "add 10.5.0.0/16 via 203.0.113.8 dev eth0 onlink"
            )
                == ["eth0 is no port or interface", "eth0 is no port or interface"])
    }
}
