// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

/// What loading a text says, a line for each error; empty when it loads.
func errors(_ yaml: String) -> [String] {
    do throws(ConfigurationErrors) {
        _ = try Configuration(yaml: yaml, path: "f.yaml")
        return []
    } catch {
        return error.diagnostics.map(\.description)
    }
}

/// A faulty text and the errors that it must give, exactly.
struct Fault: Sendable, CustomTestStringConvertible {
    let yaml: String
    let lines: [String]

    var testDescription: String { lines.first ?? "" }

    /// What stands before the text of a fault, so that the fault is the only one.
    private static let beginnings = [
        "nothing": "",
        "pairs": """
        version: 1
        forward: cross-connect
        ports: {a: {device: vdev:net_null0}, b: {device: vdev:net_null1}}

        """,
        "wire": """
        version: 1
        forward: cross-connect
        ports: {a: {device: vdev:net_null0}, b: {device: vdev:net_null1}}
        crossConnect: [[a, b]]

        """,
        "router": """
        version: 1
        forward: route
        ports:
          wan: {device: vdev:net_null0, addresses: [192.0.2.1/24]}
          lan: {device: vdev:net_null1, addresses: [198.51.100.1/30]}

        """,
    ]

    /// Reads the form that ``Faults`` is written in. `⇥` is a tab, `␇` the bell.
    static func parse(_ text: String) -> [Fault] {
        text.split(separator: "## ").map { section in
            let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
            let kind = String(lines[0])
            let body = lines.dropFirst().filter { !$0.hasPrefix("!! ") }.joined(separator: "\n")
            let start =
                kind == "port"
                ? "version: 1\nforward: route\nports: {p: {\(body.dropLast())}}\n"
                : beginnings[kind, default: "no such kind: \(kind)"] + body
            return Fault(
                yaml: start.replacing("⇥", with: "\t").replacing("␇", with: "\u{7}"),
                lines: lines.filter { $0.hasPrefix("!! ") }.map { "f.yaml:\($0.dropFirst(3))" })
        }
    }
}
