// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The captures that ports receive, for every verb that replays.
struct InputOptions: ParsableArguments {
    @Option(
        name: .customLong("in"), parsing: .singleValue,
        help: ArgumentHelp(
            "The capture that a port receives: pcap or pcapng, also as .gz or .zst; - for standard input.",
            valueName: "port=file"),
        completion: LiveCompletion.portFile)
    var inputs: [PortFile] = []

    @Flag(help: "Take frames for any destination MAC on every port.")
    var anyMac = false

    func validate() throws {
        try PortFileRules.refuseTwice("--in", inputs)
    }

    /// The file of each port.
    var paths: [String: String] {
        Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.path) })
    }

    /// The inputs as the user wrote them, each with its option.
    var named: [(option: String, file: PortFile)] { inputs.map { ("--in", $0) } }
}
