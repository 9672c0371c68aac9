// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing

@testable import freeway

/// The tables of routes and neighbours for people.
@Suite struct RoutesTableTests {
    private static let long = RouteOrigin(
        .neighbour, port: "uplink-to-the-other-building", path: "/etc/freeway/a-router.yaml",
        line: 1_234_567)

    @Test func titlesComeOnceAndLinesFold() {
        var table = RoutesTable()
        let first = table.lines(
            [
                RouteEntry(
                    to: "192.168.100.128/25", type: .unicast,
                    nextHops: [
                        RouteNextHop(
                            address: "192.168.100.100", port: "uplink-to-the-other-building",
                            weight: 256),
                        RouteNextHop(address: "192.168.100.101", port: "wan"),
                    ], origin: Self.long)
            ], TextStyle(isColoured: false, width: 80))
        #expect(
            first == """
                TO                  VIA                       INTERFACE  FROM
                192.168.100.128/25  192.168.100.100 weight 256  uplink-to-the-other-building
                                    neighbour a-router.yaml:1234567
                                    192.168.100.101 weight 1  wan

                """)
        let second = table.lines(
            [RouteEntry(to: "10.0.0.0/8", type: .blackhole, origin: RouteOrigin(.api))], .plain)
        #expect(second == "10.0.0.0/8          blackhole                            API\n")
        // A page without entries is no line.
        #expect(table.lines([], .plain) == "")
    }

    @Test func narrowLinesHoldWholeCells() {
        var table = NeighboursTable()
        let text = table.lines(
            [
                NeighbourEntry(
                    address: "192.168.100.100", port: "uplink", mac: "02:00:00:00:01:09",
                    state: "permanent",
                    origin: RouteOrigin(.neighbour, port: "uplink", path: "a.yaml"))
            ], TextStyle(isColoured: false, width: 40))
        #expect(
            text == """
                ADDRESS          MAC
                          INTERFACE  STATE       FROM
                192.168.100.100  02:00:00:00:01:09
                          uplink     permanent   a.yaml

                """)
    }

    /// A text that came in a request has no file whose name could be cut out of it.
    @Test func aRequestIsNoFolder() {
        let origin = RouteOrigin(.configuration, port: nil, path: "PUT /v1/config", line: 9)
        #expect(RouteText.origin(origin) == "PUT /v1/config:9")
    }

    @Test func colourDoesNotMoveColumns() {
        var (plain, coloured) = (NeighboursTable(), NeighboursTable())
        let page = [
            NeighbourEntry(
                address: "192.0.2.9", port: "wan", mac: "02:00:00:00:01:09", state: "permanent",
                origin: RouteOrigin(.neighbour, port: "wan", path: "a.yaml"))
        ]
        let text = coloured.lines(page, .coloured)
        #expect(text.contains("\u{1b}[1m"))
        #expect(
            text.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain.lines(page, .plain))
        #expect(text.hasSuffix("wan        permanent   a.yaml\n"))
    }
}
