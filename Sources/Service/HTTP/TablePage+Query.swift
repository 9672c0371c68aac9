// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import PacketHeaders

extension RoutePage {
    /// - Throws: 400 for a query that is not of this kind.
    init(_ target: RequestTarget) throws(ControlRefusal) {
        self.init()
        for (key, value) in try target.parameters(["after", "limit", "vrf", "within"]) {
            switch key {
            case "after": after = try Self.prefix(value, of: key)
            case "within": within = try Self.prefix(value, of: key)
            case "vrf": vrf = value
            default: limit = try Self.limit(value)
            }
        }
    }

    /// The address that a path names, and the VRF of its query; nil for the main one.
    static func address(
        _ text: String, in target: RequestTarget
    ) throws(ControlRefusal) -> (address: IPAddress, vrf: String?) {
        let vrf = try target.parameters(["vrf"]).first?.value
        return (try address(text, of: "address"), vrf)
    }

    static func address(_ text: String, of place: String) throws(ControlRefusal) -> IPAddress {
        if let address = IPAddress(text) { return address }
        throw .badParameter(place, text, "an address such as 192.0.2.9")
    }

    static func limit(_ text: String) throws(ControlRefusal) -> Int {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if isNumber, let limit = Int(text), limits.contains(limit) { return limit }
        throw .badParameter(
            "limit", text, "a number from \(limits.lowerBound) to \(limits.upperBound)")
    }

    private static func prefix(
        _ text: String, of key: String
    ) throws(ControlRefusal) -> IPPrefix {
        guard let (address, length) = RouteChanges.addressAndLength(text) else {
            throw .badParameter(key, text, "a prefix such as 10.0.0.0/8")
        }
        let prefix = IPPrefix(containing: address, length: length)
        guard prefix.address == address else {
            throw .badParameter(key, text, "a prefix without host bits, such as \(prefix)")
        }
        return prefix
    }
}

extension NeighbourPage {
    /// - Throws: 400 for a query that is not of this kind.
    init(_ target: RequestTarget) throws(ControlRefusal) {
        self.init()
        for (key, value) in try target.parameters(["after", "limit"]) {
            if key == "after" {
                // Of a link-local address with its interface.
                let parts = value.split(
                    separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
                after = try RoutePage.address(String(parts.first ?? ""), of: key)
                afterInterface = parts.count > 1 ? String(parts[1]) : nil
            } else {
                limit = try RoutePage.limit(value)
            }
        }
    }
}

extension RequestTarget {
    /// The query, each of whose keys is one of these and comes once.
    fileprivate func parameters(
        _ keys: [String]
    ) throws(ControlRefusal) -> [(key: String, value: String)] {
        for (index, pair) in query.enumerated() {
            guard keys.contains(pair.key) else {
                throw .badParameter(
                    "the query", pair.key, keys.isEmpty ? "none" : keys.joined(separator: ", "))
            }
            if query[..<index].contains(where: { $0.key == pair.key }) {
                throw ControlRefusal(
                    status: 400,
                    ErrorReply(
                        code: "badRequest", message: "\(pair.key) is given twice",
                        remedy: "give it once"))
            }
        }
        return query
    }
}

extension ControlRefusal {
    fileprivate static func badParameter(
        _ place: String, _ text: String, _ expected: String
    ) -> ControlRefusal {
        ControlRefusal(
            status: 400,
            ErrorReply(
                code: "badRequest",
                message: "\(place): found \"\(text.prefix(64))\"", remedy: "expected \(expected)"))
    }
}
