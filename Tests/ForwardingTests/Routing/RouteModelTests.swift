// SPDX-License-Identifier: Apache-2.0

import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

@testable import Forwarding

/// The engine behind `POST /v1/routes` and reloads, held to ``RouteModel`` after each request.
@Suite(.usesEAL) struct RouteModelTests {
    @Test(
        "random changes and reloads leave both instances of the table as the model has it",
        arguments: [1, 2, 3, 4] as [UInt64])
    func randomChanges(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var model = RouteModel(configuration: try Self.configuration(&random))
        var engine = try RouteEngine(model.configuration)
        defer { engine.free() }
        for round in 1...30 {
            if round.isMultiple(of: 7) {
                model.configuration = try Self.configuration(&random)
                let before = model.routesOfAPI
                model.routesOfAPI = before.filter { prefix, target in
                    Self.admits(model.configuration, prefix, target)
                }
                model.withdrawUnreached()
                let withdrawn = try engine.reload(model.configuration)
                #expect(
                    withdrawn.count == before.count - model.routesOfAPI.count, "seed \(seed)")
            } else {
                let request = Self.request(model, &random)
                var parser = RouteTextParser()
                Self.feed(request.text, to: &parser, &random)
                let done = try engine.apply(parser.finish())
                try #require(
                    done.problems.isEmpty == request.isRight,
                    "seed \(seed), round \(round): \(done.problems) \(request.text)")
                if request.isRight { model.routesOfAPI = request.routes }
            }
            #expect(engine.contents.routesOfAPI == model.routesOfAPI.count)
            try compare(engine, model, &random, "seed \(seed), round \(round)")
        }
        // What nothing uses is given back: what is left is as much as the last state needs.
        let (change, _) = try engine.contents.set(
            model.configuration, numbers: RouteEngine.indices(model.configuration))
        #expect(change[0].ipv4.steps.isEmpty && change[0].ipv6.steps.isEmpty)
        #expect(engine.contents.registry.count < 100)
    }

    private func compare(
        _ engine: RouteEngine, _ model: RouteModel, _ random: inout SeededGenerator,
        _ place: String
    ) throws {
        var addresses = (0..<100).map { _ in Self.address(&random) }
        for prefix in model.routesOfAPI.keys { addresses += [prefix.address, prefix.lastAddress] }
        for port in model.configuration.ports.flatMap(\.addresses) {
            addresses += [port.address, port.network.address, port.network.lastAddress]
        }
        addresses += model.configuration.neighbours.map(\.address)
        addresses += [IPAddress(IPv4Address(rawValue: 0)), IPAddress(IPv4Address(rawValue: .max))]
        for address in addresses {
            let expected = model.outcome(address)
            for outcome in engine.outcomes(address) {
                try #require(outcome == expected, "\(place): \(address)")
            }
        }
    }
}

extension RouteModelTests {
    /// Two ports on two networks each, of which one lies in the other; neighbours at random.
    private static func configuration(
        _ random: inout SeededGenerator
    ) throws -> Configuration {
        let networks = [
            "192.0.2.1/24", "192.0.2.1/24, 10.9.0.1/16", "192.0.2.1/24, 2001:db8:a::1/64",
            "192.0.2.1/24, 2001:db8:a::1/64, 2001:db8:9::1/48, fe80::1/64",
        ][Int.random(in: 0..<4, using: &random)]
        let hasIPv6 = networks.contains(":")
        var neighbours: [String] = []
        for _ in 0..<6 {
            let host = Int.random(in: 2...30, using: &random)
            neighbours.append("{port: a, address: 192.0.2.\(host), mac: 02:00:00:00:00:01}")
            guard hasIPv6 else { continue }
            neighbours.append("{port: a, address: 2001:db8:a::\(host), mac: 02:00:00:00:00:01}")
        }
        var routes: [String] = []
        var seen: Set<IPPrefix> = []
        for _ in 0..<8 {
            let prefix = prefix(&random)
            guard prefix.problemOfScope == nil, hasIPv6 || prefix.isIPv4,
                seen.insert(prefix).inserted,
                ![
                    "192.0.2.0/24", "10.9.0.0/16", "198.51.100.0/25", "2001:db8:a::/64",
                    "2001:db8:9::/48", "2001:db8:b::/64",
                ]
                .contains("\(prefix)")
            else { continue }
            let hop = prefix.isIPv4 ? "198.51.100.9" : "2001:db8:b::9"
            let target = Bool.random(using: &random) ? "via: \"\(hop)\"" : "action: blackhole"
            routes.append("{to: \"\(prefix)\", \(target)}")
        }
        let yaml = """
            version: 1
            forward: route
            workers: 1
            memory: {routes: 60}
            ports:
              a: {device: "vdev:net_null0", addresses: [\(networks)]}
              b: {device: "vdev:net_null1", addresses: [198.51.100.1/25\(hasIPv6 ? ", 2001:db8:b::1/64" : "")]}
            routes: [\(routes.joined(separator: ", "))]
            neighbours: [\(Array(Set(neighbours)).sorted().joined(separator: ", "))]

            """
        return try Configuration(yaml: Array(yaml.utf8), path: "router.yaml")
    }

    private static func address(_ random: inout SeededGenerator) -> IPAddress {
        if Bool.random(using: &random) { return ipv6Address(&random) }
        let bits = UInt32.random(in: 0...UInt32.max, using: &random)
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: IPAddress(IPv4Address(rawValue: bits))
        case 1: IPAddress(IPv4Address(rawValue: 0x0a00_0000 | bits & 0x000f_ffff))
        case 2: IPAddress(IPv4Address(rawValue: 0xc633_6400 | bits & 0xff))
        case 3: IPAddress(IPv4Address(rawValue: 0xffff_ff00 | bits & 0xff))
        default: IPAddress(IPv4Address(rawValue: 0xc000_0200 | bits & 0x3f))
        }
    }

    /// Mostly in the networks, where prefixes nest, and at either end of all addresses.
    private static func ipv6Address(_ random: inout SeededGenerator) -> IPAddress {
        let high = UInt64.random(in: 0...UInt64.max, using: &random)
        let low = UInt64.random(in: 0...UInt64.max, using: &random)
        let ours: UInt64 = 0x2001_0db8_0000_0000
        return switch Int.random(in: 0..<8, using: &random) {
        case 0: IPAddress(high: high | 1, low: low)
        case 1: IPAddress(high: .max << 8 | high, low: low)
        case 2: IPAddress(high: 0x2001_0d00_0000_0000 | high & 0xff_ffff_ffff, low: low)
        case 3: IPAddress(high: ours | 9 << 16 | high & 0xffff, low: low & 0xff)
        case 4: IPAddress(high: 0xfe80_0000_0000_0000 | high & 1, low: low)
        case 5: IPAddress(high: ours | 0xb << 16, low: low & 0xf)
        default: IPAddress(high: ours | 0xa << 16, low: low & 0x3f)
        }
    }

    private static func prefix(_ random: inout SeededGenerator) -> IPPrefix {
        let address = address(&random)
        return IPPrefix(
            containing: address, length: Int.random(in: 0...address.width, using: &random))
    }

    /// Whether a configuration lets a route of the API in.
    private static func admits(
        _ configuration: Configuration, _ prefix: IPPrefix, _ target: String
    ) -> Bool {
        let own = configuration.ports.flatMap(\.addresses)
        guard !own.contains(where: { $0.network == prefix }),
            !configuration.routes.contains(where: { $0.to == prefix })
        else { return false }
        let hops = target.split(separator: " ").compactMap { IPAddress($0) }
        return prefix.problemOfScope == nil && (prefix.isIPv4 || !hops.contains(where: \.isIPv4))
    }

    private struct Request {
        var text = ""
        var isRight = true
        /// The API's routes afterwards.
        var routes: [IPPrefix: String]
    }

    /// Lines of which a few, now and then, are wrong.
    private static func request(
        _ model: RouteModel, _ random: inout SeededGenerator
    ) -> Request {
        var request = Request(routes: model.routesOfAPI)
        // Those that are named: each must be reached when all is done.
        var targets: Set<String> = []
        func isReached(_ target: String, with routes: [IPPrefix: String]) -> Bool {
            RouteModel(configuration: model.configuration, routesOfAPI: routes).reaches(target)
        }
        let configured = model.configuration.routes.count
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let known = request.routes.keys.sorted {
                ($0.address, $0.length) < ($1.address, $1.length)
            }
            let prefix =
                Bool.random(using: &random) && !known.isEmpty
                ? known[Int.random(in: 0..<known.count, using: &random)]
                : self.prefix(&random)
            let target = [
                "blackhole", "unreachable", "via 198.51.100.77", "via 192.0.2.9", "via 10.9.0.7",
                "nexthop via 192.0.2.9 weight 3 nexthop via 198.51.100.5 weight 2",
                "via 2001:db8:a::9",
                "nexthop via 2001:db8:a::9 weight 1 nexthop via 2001:db8:b::5 weight 2",
            ][Int.random(in: 0..<8, using: &random)]
            let isThere = request.routes[prefix] != nil
            var action = ["add", "replace", "delete"][Int.random(in: 0..<3, using: &random)]
            // Mostly what can be done.
            if UInt8.random(in: 0..<30, using: &random) > 0 {
                if action == "add", isThere { action = "replace" }
                if action == "delete", !isThere { action = "add" }
                if !admits(model.configuration, prefix, target) { continue }
                let after = request.routes.merging([prefix: target]) { $1 }
                if action != "delete", !isReached(target, with: after) { continue }
                if !isThere, configured + request.routes.count >= 60 { continue }
            }
            let isAdmitted =
                admits(model.configuration, prefix, action == "delete" ? "" : target)
            switch action {
            case "delete":
                if !isThere { request.isRight = false }
                request.text += "delete \(prefix)\n"
                request.routes[prefix] = nil
            default:
                if action == "add", isThere { request.isRight = false }
                if !isAdmitted { request.isRight = false }
                if !isThere, configured + request.routes.count >= 60 { request.isRight = false }
                request.text +=
                    target.hasPrefix("blackhole") || target.hasPrefix("unreachable")
                    ? "\(action) \(target) \(prefix)\n" : "\(action) \(prefix) \(target)\n"
                request.routes[prefix] = target
                targets.insert(target)
            }
        }
        if !targets.allSatisfy({ isReached($0, with: request.routes) }) { request.isRight = false }
        return request
    }

    /// In pieces of any length.
    private static func feed(
        _ text: String, to parser: inout RouteTextParser, _ random: inout SeededGenerator
    ) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...40, using: &random))
            rest.prefix(count).withUnsafeBytes { parser.take($0) }
            rest = rest.dropFirst(count)
        }
    }
}
