// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// `freeway explain` as a person uses it.
@Suite struct ExplainCommandTests {
    static let router = Repository.capture("route/route.yaml")
    static let input = Repository.capture("route/wan.in.pcap")

    @Test(
        "misuse is refused with the way out",
        arguments: [
            ([], "nothing to explain: give --in port=file, --hex or --packet"),
            (
                ["--hex", "00", "--packet", "arp"],
                "--in, --hex and --packet each name frames: give one of them"
            ),
            (["--hex", "00"], "which port receives the frame? Give its name with --port"),
            (
                ["--in", "wan=x", "--port", "wan"],
                "--port goes with --hex and --packet; --in names its port"
            ),
            (
                ["--hex", "00", "--port", "wan", "--frame", "1"],
                "--frame takes a frame of a capture: give --in"
            ),
            (
                ["--in", "wan=x", "--in", "lan=x", "--frame", "3"],
                "--frame 3: of which port? Write port:3, with one of wan, lan"
            ),
            (
                ["--in", "wan=x", "--frame", "lan:3"],
                "--frame lan:3: there is no --in for lan, only for wan"
            ),
            (["--in", "wan=x", "--limit", "0"], "--limit takes 1 to 100000, not 0"),
            (
                ["--hex", "00", "--port", "wan", "--socket", "/s"],
                "a configuration and --socket: the running forwarder has its own, leave one out"
            ),
        ] as [([String], String)])
    func misuse(words: [String], message: String) async throws {
        let outcome = try await FreewayProcess.run(["explain", Self.router] + words)
        #expect(outcome.code == 64)
        #expect(outcome.errorLines.first == "freeway: \(message)")
        #expect(outcome.output == "")
    }

    @Test(
        "a frame number of 0 or of letters is refused",
        arguments: ["0", "x", "wan:", "-1", "1:2:3"])
    func frameNumber(number: String) async throws {
        let outcome = try await FreewayProcess.run([
            "explain", Self.router, "--in", "wan=\(Self.input)", "--frame=\(number)",
        ])
        #expect(outcome.code == 64)
    }

    @Test("ports that the configuration lacks, and frames that the capture lacks")
    func missing() async throws {
        let port = try await FreewayProcess.run([
            "explain", Self.router, "--port", "wam", "--hex", "00",
        ])
        #expect(port.code == 64)
        #expect(
            port.errors
                == "freeway: --port wam: \(Self.router) has no port wam; did you mean \"wan\"? "
                + "Its ports are wan, lan\n")
        let frame = try await FreewayProcess.run([
            "explain", Self.router, "--in", "wan=\(Self.input)", "--frame", "484",
        ])
        #expect(frame.code == 64)
        #expect(frame.errors.hasPrefix("freeway: --frame 484: \(Self.input) has fewer frames"))
    }

    @Test("a packet in words is told of in words")
    func packet() async throws {
        let outcome = try await FreewayProcess.run([
            "explain", Self.router, "--port", "wan", "--packet",
            "ipv4 192.0.2.9 > 10.1.2.200 udp 1000 > 53 ttl 7",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
        // The checksums are Scapy's: IP(src, dst, ttl=7 and 6, id=0, len=28, proto=17).
        #expect(
            outcome.output == """
                frame 1
                  receive       from wan: ipv4 192.0.2.9 > 10.1.2.200 udp 1000 > 53 ttl 7, 42 bytes
                  admit         for 02:00:00:00:01:01, the port's own MAC; IPv4
                  validateIPv4  header of 20 bytes, total length 28, checksum 0xe4ff is right, \
                192.0.2.9 and 10.1.2.200 can be routed
                  route         10.1.2.200 is in 10.1.2.200/32 (route): to 203.0.113.1 at \
                02:00:00:00:02:31 on lan
                  rewrite       ttl 7 to 6, checksum 0xe4ff to 0xe5ff, MACs 02:00:00:00:02:01 > \
                02:00:00:00:02:31
                  transmit      leaves by lan, 42 bytes

                """)
        #expect(outcome.leftovers == [])
    }

    @Test("a packet in words that comes in by an interface has its tags (IEEE 802.1Q, 9.3)")
    func interface() async throws {
        let trunk = Repository.path("config/vlan-trunk.yaml")
        func explain(_ port: String, _ words: String) async throws -> ProcessOutcome {
            try await FreewayProcess.run(
                ["explain", trunk, "--port", port, "--packet", words])
        }
        let packet = "ipv4 10.3.7.2 > 203.0.113.7 udp 1 > 2"
        let named = try await explain("trunk.300.7", packet)
        #expect(named.code == 0, "\(named)")
        #expect(named.output.contains("from trunk: svlan 300 vlan 7 ipv4 10.3.7.2"))
        #expect(named.output.contains("its tags are those of trunk.300.7; IPv4"))
        let spelt = try await explain("trunk", "svlan 300 vlan 7 " + packet)
        #expect(spelt.output == named.output)
        let twice = try await explain("trunk.100", "vlan 100 " + packet)
        #expect(twice.code == 64)
        #expect(twice.errors.contains("leave them out, or say --port trunk"), "\(twice)")
        let hex = try await FreewayProcess.run(
            ["explain", trunk, "--port", "trunk.100", "--hex", "00"])
        #expect(hex.code == 64)
        #expect(hex.errors.contains("say --port trunk, and not trunk.100"), "\(hex)")
        let other = try await explain("trunk.101", packet)
        #expect(other.code == 64)
        #expect(other.errors.contains("has no port trunk.101"), "\(other)")
    }

    @Test("ARP that tells of a host ends at admit, having done what it came for (RFC 826)")
    func consumed() async throws {
        let folder = Repository.path("Tests/Cases/neighbour-answered")
        let outcome = try await FreewayProcess.run([
            "explain", Repository.path("Tests/Cases/router.yaml"), "--in",
            "wan=\(folder)/wan.in.pcap", "--in", "lan=\(folder)/lan.in.pcap", "--frame", "lan:1",
            "--json",
        ])
        let explanation = try outcome.decoded(Explanation.self)
        #expect(explanation.frames.map(\.journey.exits) == [[.consumed(stage: "admit")]])
    }

    @Test("--hex takes a dump as it is pasted, and tells of a dump that is not one frame")
    func dump() async throws {
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: Repository.capture("dumps/\(name)"), encoding: .utf8)
        }
        func explain(_ hex: String) async throws -> ProcessOutcome {
            try await FreewayProcess.run(["explain", Self.router, "--port", "wan", "--hex", hex])
        }
        let plain = try await explain(try text("dns.hex"))
        #expect(plain.output.contains("ipv4 141.142.220.118 > 141.142.2.2 udp 43927 > 53"))
        for tool in ["tshark", "tcpdump-XX", "xxd", "wireshark"] {
            let outcome = try await explain(try text("dns.\(tool).txt"))
            #expect(outcome.output == plain.output, "\(tool)")
        }
        let two = try await explain(try text("refused/two.txt"))
        #expect(two.code == 64)
        #expect(
            two.errors == "freeway: --hex, line 5: a second frame begins here; give one frame\n")
    }

    @Test("an error in a packet or in digits names its column")
    func badPacket() async throws {
        let packet = try await FreewayProcess.run([
            "explain", Self.router, "--port", "wan", "--packet",
            "ipv4 10.0.0.1 > 10.0.0.2 upd 1 > 2",
        ])
        #expect(packet.code == 64)
        #expect(
            packet.errors.hasPrefix(
                "freeway: --packet, column 26: \"upd\" is not a protocol or an option; did you mean "
                    + "\"udp\"?"))
        let hex = try await FreewayProcess.run([
            "explain", Self.router, "--port", "wan", "--hex", "00 1",
        ])
        #expect(hex.code == 64)
        #expect(hex.errors == "freeway: --hex, column 4: the last byte has but one digit\n")
    }

    @Test(
        "any bytes are a frame",
        arguments: ["00", "02000000010102", String(repeating: "ff", count: 9000)])
    func anyBytes(digits: String) async throws {
        let explanation = try await explain([Self.router, "--port", "wan", "--hex", digits])
        #expect(explanation.frames.map(\.entryBytes) == [digits])
        #expect(explanation.frames[0].journey.exits[0].kind == .dropped)
    }

    @Test("one frame of a capture is told of as it is among all")
    func oneFrame() async throws {
        let words = [Self.router, "--in", "wan=\(Self.input)"]
        let all = try await explain(words + ["--limit", "1000"])
        for number in [1, 131, 482] {
            let one = try await explain(words + ["--frame", "\(number)"])
            #expect(one.frames == [all.frames[number - 1]])
            #expect(one.omitted == 0)
        }
    }

    @Test("the text says how many frames it does not tell of")
    func omitted() async throws {
        let outcome = try await FreewayProcess.run([
            "explain", Self.router, "--in", "wan=\(Self.input)", "--limit", "2",
        ])
        #expect(outcome.code == 0)
        #expect(
            outcome.output.contains(
                "\n481 more; --frame NUMBER tells of one of them, --limit of more\n"))
    }
}
