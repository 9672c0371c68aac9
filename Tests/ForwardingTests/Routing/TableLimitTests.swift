// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import FreewayConfiguration
import Testing

@testable import Forwarding

/// Prefixes longer than 24 bits in more /24 networks than the table can split: what fits goes in, what does not
/// leaves everything as it was.
@Suite(.usesEAL) struct TableLimitTests {
    /// Where a longer prefix goes, and as what.
    static let targets = [
        "via 192.0.2.9", "blackhole", "nexthop via 192.0.2.9 nexthop via 192.0.2.10",
    ]

    private static func line(_ action: String, _ prefix: String, _ target: String) -> String {
        target == "blackhole" ? "\(action) blackhole \(prefix)" : "\(action) \(prefix) \(target)"
    }

    private static func yaml(_ prefix: String, _ target: String) -> String {
        switch target {
        case "blackhole": "{to: \(prefix), action: blackhole}"
        case targets[0]: "{to: \(prefix), via: 192.0.2.9}"
        default: "{to: \(prefix), via: [192.0.2.9, 192.0.2.10]}"
        }
    }

    /// A report from the field: DPDK's `rte_fib` counted such a prefix when it went, not when it came.
    @Test(
        "a prefix that goes where its cover goes may come and go for ever, and others still fit",
        arguments: targets, [true, false])
    func comingAndGoing(target: String, isReload: Bool) throws {
        let cover = Self.yaml("0.0.0.0/0", target)
        let still = try StillForwarder(cover)
        defer { still.tearDown() }
        for _ in 0..<5 {
            if isReload {
                try still.reload("\(cover), \(Self.yaml("203.0.113.5/32", target))")
                try still.reload(cover)
            } else {
                try still.change([Self.line("add", "203.0.113.5/32", target)])
                try still.change(["delete 203.0.113.5/32"])
            }
        }
        if isReload {
            try still.reload("\(cover), {to: 203.0.114.7/32, action: unreachable}")
        } else {
            try still.change(["add unreachable 203.0.114.7/32"])
        }
        #expect(still.way(to: "203.0.114.7") == "unreachable")
        #expect(still.way(to: "203.0.114.6") == still.way(to: "203.0.113.5"))
    }

    private static let count = 40_000

    private static func halves(_ numbers: Range<Int>) -> [UInt32] {
        numbers.flatMap { [0x0a00_0000 | UInt32($0) << 8, 0x0a00_0080 | UInt32($0) << 8] }
    }

    /// Another report: the reply was 200, and half of 10/8 kept the next hop before.
    @Test("a change that would split 40,000 networks is refused over the API, and changes nothing")
    func manyNetworks() throws {
        let still = try StillForwarder("", capacity: 50_000)
        defer { still.tearDown() }
        // Given 40,000 longer prefixes that go where their cover goes, which split nothing,
        let longer = (0..<Self.count).map { "10.\($0 >> 8).\($0 & 255).0/25" }
        try still.change(
            ["add 10.0.0.0/8 via 192.0.2.9"] + longer.map { "add \($0) via 192.0.2.9" })
        // when the cover is to go elsewhere, or to be deleted,
        for line in ["replace 10.0.0.0/8 via 192.0.2.10", "delete 10.0.0.0/8"] {
            let refusal = #expect(throws: Forwarder.RouteRefusal.self) { try still.change([line]) }
            // then the limit that is in the way is named: the port's own network is split, too.
            guard case .full(.tooManySplitNetworks(Self.count + 1, room: 32_768))? = refusal else {
                Issue.record("\(line): \(String(describing: refusal))")
                continue
            }
            let ways = still.ways(to: Self.halves(0..<65_536))
            #expect(ways.allSatisfy { $0 == "via 192.0.2.9" }, "\(line)")
        }
        // When some of them are gone, then it fits.
        try still.change(longer[..<10_000].map { "delete \($0)" })
        try still.change(["replace 10.0.0.0/8 via 192.0.2.10"])
        #expect(still.ways(to: Self.halves(0..<10_000)).allSatisfy { $0 == "via 192.0.2.10" })
        let ways = still.ways(to: Self.halves(10_000..<Self.count))
        #expect(
            ways.enumerated().allSatisfy {
                $1 == ($0.isMultiple(of: 2) ? "via 192.0.2.9" : "via 192.0.2.10")
            })
        try still.change(["delete 10.0.0.0/8"])
        #expect(still.way(to: "10.200.0.0") == "none" && still.way(to: "10.50.0.128") == "none")
        #expect(still.way(to: "10.50.0.127") == "via 192.0.2.9")
    }

    @Test("a reload that would split 40,000 networks is refused at the routes, and changes nothing")
    func manyNetworksByReload() throws {
        let cover = "{to: 10.0.0.0/8, via: 192.0.2.9}"
        let still = try StillForwarder(cover, capacity: 50_000)
        defer { still.tearDown() }
        try still.change(
            (0..<Self.count).map { "add 10.\($0 >> 8).\($0 & 255).0/25 via 192.0.2.9" })
        let other = "{to: 10.0.0.0/8, via: 192.0.2.10}"
        let error = #expect(throws: ReloadError.self) { try still.reload(other, capacity: 50_000) }
        #expect(
            error?.description
                == "router.yaml:7:9: routes: 40001 /24 networks would have addresses that go "
                + "different ways, by prefixes longer than 24 bits, and the table has room for "
                + "32768 such networks; memory.routes changes nothing here: let longer prefixes go "
                + "where the rest of their /24 network goes, or take fewer")
        #expect(still.ways(to: Self.halves(0..<65_536)).allSatisfy { $0 == "via 192.0.2.9" })
    }

    /// Each network takes a prefix longer than 24 bits, which `memory.routes` counts, or is a port's own or a
    /// neighbour's.
    @Test("below 32,768 networks there is room for as many as memory.routes allows")
    func asManyAsRoutes() throws {
        let still = try StillForwarder("", capacity: 300)
        defer { still.tearDown() }
        try still.change((0..<300).map { "add 10.\($0 >> 8).\($0 & 255).77/32 via 192.0.2.9" })
        #expect(still.way(to: "10.1.43.77") == "via 192.0.2.9")
        #expect(still.way(to: "192.0.2.1") == "localNotHandled")
        #expect(still.way(to: "192.0.2.9") == "via 192.0.2.9")
        #expect(throws: Forwarder.RouteRefusal.self) {
            try still.change(["add 11.0.0.0/32 via 192.0.2.9"])
        }
        // A reload with room for more makes a larger table.
        try still.reload("", capacity: 600)
        try still.change((300..<600).map { "add 10.\($0 >> 8).\($0 & 255).77/32 via 192.0.2.9" })
        #expect(still.way(to: "10.1.43.77") == "via 192.0.2.9")
        #expect(still.way(to: "10.2.87.77") == "via 192.0.2.9")
        #expect(still.way(to: "10.2.87.78") == "none")
    }

    @Test("a forwarder whose workers cannot be made leaves no table behind")
    func noLeak() throws {
        // Given that somebody has the name of a ring between its workers,
        let ring = try Ring(name: "handoff-rx-0-1", slots: 64, numaNode: nil)
        #expect(throws: ForwarderError.self) { try StillForwarder("", workers: 2) }
        ring.free()
        // then another gets the names that it had.
        try StillForwarder("", workers: 2).tearDown()
    }
}
