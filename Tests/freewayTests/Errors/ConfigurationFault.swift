// SPDX-License-Identifier: Apache-2.0

import Testing

/// A configuration that is wrong in one place, and what the program says, behind the path.
struct ConfigurationFault: CustomTestStringConvertible, Sendable {
    let what: String
    let yaml: String
    let lines: [String]

    var testDescription: String { what }

    private init(_ what: String, _ yaml: String, _ lines: String...) {
        self.what = what
        self.yaml = yaml
        self.lines = lines
    }

    private static let wire = """
        version: 1
        forward: cross-connect
        ports:
          left: {device: "vdev:net_null0"}
          right: {device: "vdev:net_null1"}
        crossConnect: [[left, right]]

        """

    private static func wire(_ wrong: String, inPlaceOf right: String) -> String {
        wire.replacing(right, with: wrong)
    }

    private static func router(to prefix: String, via address: String) -> String {
        """
        version: 1
        forward: route
        ports:
          wan: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
        routes:
          - {to: \(prefix), via: \(address)}

        """
    }

    static let all = [
        ConfigurationFault(
            "no YAML", "version: 1\nports: [\n",
            ":3:1: not valid YAML: did not find expected node content while parsing a flow node"),
        ConfigurationFault(
            "key misspelt", wire("froward:", inPlaceOf: "forward:"),
            ":1:1: forward: missing; write \"forward: cross-connect\" or \"forward: route\"",
            ":2:1: froward: unknown key; did you mean \"forward\"?"),
        ConfigurationFault(
            "key missing", wire("", inPlaceOf: "version: 1\n"),
            ":1:1: version: missing; write \"version: 1\""),
        ConfigurationFault(
            "key twice", wire + "version: 1\n", ":7:1: version: given twice; first at line 1"),
        ConfigurationFault(
            "wrong type", wire + "workers: {a: 1}\n",
            ":7:10: workers: found a mapping, expected auto, a number of workers from 1 to 127, "
                + "or a list of CPUs such as [1, 2]"),
        ConfigurationFault(
            "bad MAC",
            wire(
                "{mac: 02:00:00:00:01, device: \"vdev:net_null0",
                inPlaceOf: "{device: \"vdev:net_null0"),
            ":4:15: ports.left.mac: found \"02:00:00:00:01\", expected a MAC address such as "
                + "02:00:00:00:00:01"),
        ConfigurationFault(
            "bad CPU", wire + "workers: [one]\n",
            ":7:11: workers[0]: found \"one\", expected a CPU number from 0 to 1023"),
        ConfigurationFault(
            "device used twice", wire("net_null0", inPlaceOf: "net_null1"),
            ":5:19: ports.right.device: the virtual device net_null0 is port left's already"),
        ConfigurationFault(
            "port joined twice",
            wire("[[left, right], [left, right]]", inPlaceOf: "[[left, right]]"),
            ":6:32: crossConnect[1][0]: port left is used twice; first at line 6, column 17",
            ":6:38: crossConnect[1][1]: port right is used twice; first at line 6, column 23"),
        ConfigurationFault(
            "bad prefix", router(to: "10.0.0.0/33", via: "192.0.2.9"),
            ":6:10: routes[0].to: found \"10.0.0.0/33\", expected a prefix length from 0 to 32"),
        ConfigurationFault(
            "next hop on no network", router(to: "10.0.0.0/8", via: "198.51.100.1"),
            ":6:27: routes[0].via: 198.51.100.1 is on no interface's network, and no route but the default leads to it; networks are: "
                + "192.0.2.0/24 (wan)"),
    ]
}
