// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

@testable import Forwarding

/// What `ip route show` of iproute2 6.1 printed in a network namespace, as it was printed.
@Suite struct ShownRoutesTests {
    /// Each change as `action prefix target`, and each problem as `line: message`.
    private func read(_ text: String, pieces: Int = 1_000) -> (
        changes: [String], problems: [String]
    ) {
        var parser = RouteTextParser()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { parser.take($0) }
        }
        let changes = parser.finish()
        return (
            changes.items.map { item in
                let target =
                    switch item.target < 0 ? nil : changes.targets[Int(item.target)] {
                    case nil: "-"
                    case .drop(let action)?: action.rawValue
                    case .interface(let name)?: "on \(name)"
                    case .table(let name)?: "in \(name)"
                    case .via(let members)?:
                        members.map { "\($0.address)*\($0.weight)" }.joined(separator: "+")
                    }
                let metric = item.preference.metric.map { " metric \($0)" } ?? ""
                let track = item.preference.tracksNeighbours ? " track neighbour" : ""
                let vrf = item.vrf == 0 ? "" : " vrf \(changes.vrfs[item.vrf])"
                return "\(item.action.name) \(item.prefix) \(target)\(metric)\(track)\(vrf)"
            }, changes.problems.map { "\($0.line ?? 0): \($0.message)" }
        )
    }

    private static let routes = """
        default via 192.0.2.9 dev wan proto dhcp src 192.0.2.1 metric 100 
        default via 198.51.100.9 dev lan proto dhcp metric 600 
        10.0.0.0/8 via 192.0.2.9 dev wan proto static metric 20 onlink 
        10.1.0.0/16 proto static metric 20 
        \tnexthop via 192.0.2.9 dev wan weight 1 
        \tnexthop via 198.51.100.9 dev lan weight 3 
        10.2.3.4 via 192.0.2.10 dev wan mtu lock 1400 advmss 1360 
        blackhole 10.3.0.0/16 
        unreachable 10.4.0.0/16 metric 4278198272 
        prohibit 10.4.1.0/24 
        10.10.0.0/16 nhid 7 via 192.0.2.9 dev wan 
        10.11.0.0/16 nhid 9 
        \tnexthop via 192.0.2.9 dev wan weight 1 
        \tnexthop via 192.0.2.10 dev wan weight 2 
        10.12.0.0/16 via 192.0.2.9 dev wan realm 3 rtt 30ms initcwnd 20 features ecn quickack 1 congctl cubic 
        192.0.2.0/24 dev wan proto kernel scope link src 192.0.2.1 
        198.51.100.0/24 dev lan proto kernel scope link src 198.51.100.1 

        """

    private static let changes = [
        "replace 0.0.0.0/0 192.0.2.9*1 metric 100", "replace 0.0.0.0/0 198.51.100.9*1 metric 600",
        "replace 10.0.0.0/8 192.0.2.9*1 metric 20",
        "replace 10.1.0.0/16 192.0.2.9*1+198.51.100.9*3 metric 20",
        "replace 10.2.3.4/32 192.0.2.10*1",
        "replace 10.3.0.0/16 blackhole", "replace 10.4.0.0/16 unreachable metric 4278198272",
        "replace 10.4.1.0/24 prohibit",
        "replace 10.10.0.0/16 192.0.2.9*1", "replace 10.11.0.0/16 192.0.2.9*1+192.0.2.10*2",
        "replace 10.12.0.0/16 192.0.2.9*1",
    ]

    @Test(
        "its routes are those that are to be; networks of interfaces are passed over",
        arguments: [1, 7, 1_000])
    func shown(pieces: Int) {
        let (changes, problems) = read(Self.routes, pieces: pieces)
        #expect(problems == [])
        #expect(changes == Self.changes)
    }

    @Test("so are those of ip -oneline, ip -details, and of a link that is down")
    func otherForms() {
        let oneLine = read(
            "10.1.0.0/16 proto static metric 20 \\\tnexthop via 192.0.2.9 dev wan weight 1 "
                + "\\\tnexthop via 198.51.100.9 dev lan weight 3 \n")
        #expect(oneLine.changes == ["replace 10.1.0.0/16 192.0.2.9*1+198.51.100.9*3 metric 20"])
        #expect(oneLine.problems == [])
        let details = read(
            """
            unicast default via 192.0.2.9 dev wan proto dhcp scope global src 192.0.2.1 metric 100 
            unicast 10.1.0.0/16 proto static scope global metric 20 
            \tnexthop via 192.0.2.9 dev wan weight 1 linkdown 
            \tnexthop via 198.51.100.9 dev lan weight 3 
            blackhole 10.3.0.0/16 proto boot scope global 
            """)
        #expect(
            details.changes == [
                "replace 0.0.0.0/0 192.0.2.9*1 metric 100",
                "replace 10.1.0.0/16 192.0.2.9*1+198.51.100.9*3 metric 20",
                "replace 10.3.0.0/16 blackhole",
            ])
        #expect(details.problems == [])
        let down = read("10.2.3.4 via 192.0.2.10 dev wan linkdown mtu lock 1400 advmss 1360 ")
        #expect(down.changes == ["replace 10.2.3.4/32 192.0.2.10*1"])
    }

    @Test("of table all, the kernel's own are passed over, and other tables are those of VRFs")
    func allTables() {
        let (changes, problems) = read(
            """
            10.8.0.0/16 via 192.0.2.9 dev wan table 100 
            local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 
            broadcast 192.0.2.255 dev wan table local proto kernel scope link src 192.0.2.1 
            fe80::/64 dev eth0 proto kernel metric 256 pref medium
            local ::1 dev lo table local proto kernel metric 0 pref medium
            multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium
            fd00:1::/64 via fd00::1 dev eth0 metric 1024 pref medium
            """)
        #expect(
            changes == [
                "replace 10.8.0.0/16 192.0.2.9*1 vrf 100",
                "replace fd00:1::/64 fd00::1*1 metric 1024",
            ])
        #expect(problems == [])
    }

    @Test(
        "routes of a prefix are told apart by their metrics; of those with the same the first counts"
    )
    func metrics() {
        let (changes, problems) = read(
            """
            default via 198.51.100.9 dev lan proto dhcp metric 600 
            10.0.0.0/8 via 192.0.2.9 dev wan 
            default via 192.0.2.9 dev wan proto dhcp metric 100 
            default via 198.51.100.10 dev lan metric 4294967295 
            default via 198.51.100.11 dev lan metric 100 
            10.6.0.0/16 dev wan proto static scope link 
            """)
        #expect(problems == [])
        #expect(
            changes == [
                "replace 0.0.0.0/0 198.51.100.9*1 metric 600", "replace 10.0.0.0/8 192.0.2.9*1",
                "replace 0.0.0.0/0 192.0.2.9*1 metric 100",
                "replace 0.0.0.0/0 198.51.100.10*1 metric 4294967295",
                "replace 10.6.0.0/16 on wan",
            ])
    }

    @Test("what says where packets go, and is none of Freeway's routes, is refused by name")
    func refused() {
        let (changes, problems) = read(
            """
            10.5.0.0/16 via inet6 fe80:: 1 dev wan 
            10.6.0.0/16 track wan 
            throw 10.7.0.0/16 
            10.9.0.0/16 tos 0x10 via 192.0.2.9 dev wan 
            10.13.0.0/16 encap mpls 100 via 192.0.2.9 dev wan 
            10.14.0.0/16 proto static 
            10.15.0.0/16 proto static 
            \tnexthop dev wan weight 1 
            \tnexthop via 192.0.2.9 dev wan weight 1 
            10.16.0.1/16 via 192.0.2.9 dev wan 
            10.17.0.0/16 via 192.0.2.9 dev
            """)
        #expect(changes == [])
        #expect(
            problems == [
                "1: found \"1\" behind the next hop, expected nothing",
                "2: found \"wan\", expected track neighbour or track link",
                "3: throw is none of Freeway's routes: expected blackhole, unreachable or prohibit in its place",
                "4: is for one type of service; Freeway's routes are for all",
                "5: found \"encap\", expected via ADDRESS or nexthop via ADDRESS",
                "6: has no next hop: expected via ADDRESS, or lines with nexthop via ADDRESS below",
                "8: expected via ADDRESS behind nexthop",
                "10: 10.16.0.1/16 has host bits set; did you mean 10.16.0.0/16?",
                "11: has nothing behind dev",
            ])
    }

    @Test("a next hop needs a route in front of it")
    func strayNextHop() {
        let (changes, problems) = read("\tnexthop via 192.0.2.9 dev wan weight 1 \n")
        #expect(changes == [])
        #expect(problems.count == 1 && problems[0].hasPrefix("1: a next hop without a route"))
    }

    @Test("commands take the same words")
    func commands() {
        let (changes, problems) = read(
            """
            add 10.0.0.0/8 via 192.0.2.9 dev wan proto static metric 20 onlink
            route replace default nexthop via 192.0.2.9 dev wan weight 2 nexthop via inet 192.0.2.10 onlink
            delete 10.1.0.0/16 dev wan
            add blackhole 10.3.0.0/16 proto static
            add 10.4.0.0/16 via 192.0.2.9 metric 5 track neighbour
            add 10.5.0.0/16 dev lan
            delete 10.4.0.0/16 metric 5
            add 10.6.0.0/16 via vrf red vrf blue
            add 10.7.0.0/16 via 192.0.2.9 vrf blue
            add 10.7.0.0/16 via 192.0.2.9 table main
            """)
        #expect(problems == [])
        #expect(
            changes == [
                "add 10.0.0.0/8 192.0.2.9*1 metric 20",
                "replace 0.0.0.0/0 192.0.2.9*2+192.0.2.10*1",
                "delete 10.1.0.0/16 -", "add 10.3.0.0/16 blackhole",
                "add 10.4.0.0/16 192.0.2.9*1 metric 5 track neighbour", "add 10.5.0.0/16 on lan",
                "delete 10.4.0.0/16 - metric 5", "add 10.6.0.0/16 in red vrf blue",
                "add 10.7.0.0/16 192.0.2.9*1 vrf blue", "add 10.7.0.0/16 192.0.2.9*1",
            ])
    }

    @Test("a byte order mark in front is no part of the text", arguments: [1, 2, 1_000])
    func byteOrderMark(pieces: Int) {
        let (changes, problems) = read("\u{feff}add 10.0.0.0/8 via 192.0.2.9\n", pieces: pieces)
        #expect(problems == [])
        #expect(changes == ["add 10.0.0.0/8 192.0.2.9*1"])
        // Anywhere else it is an error, as any other word would be.
        #expect(read("\n\u{feff}add 10.0.0.0/8 via 192.0.2.9\n").problems.count == 1)
    }
}
