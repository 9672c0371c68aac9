// SPDX-License-Identifier: Apache-2.0

import Expectations
import FreewayConfiguration
import FuzzSupport
import PacketFields

let configuration = try Configuration(
    yaml: "version: 1\nforward: route\nports: {lan: {device: tap:lan}}\n", path: "router.yaml")

// Any text is a case or a list of errors; what a case expects can be held against anything.
fuzz { start, count in
    let yaml = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    // It is also a hex dump, digits, or neither.
    if let bytes = try? HexText.frame(yaml) {
        precondition((1...65_535).contains(bytes.count), "a frame has a length")
    }
    do throws(ConfigurationErrors) {
        let file = try CaseFile(
            yaml: yaml, path: "case.yaml", dropReasons: ["badChecksum", "noRoute"])
        let frame = CapturedFrame([UInt8](repeating: 0x45, count: 60))
        var differences = file.frames.differences(got: ["lan": [frame]], path: file.path)
        let rules = file.rules
        let packets = file.packets.differences(got: ["lan": [frame]], rules: rules, path: file.path)
        differences += packets.differences
        for share in file.shares {
            let difference = share.difference(
                got: ["lan": [frame]], configuration: configuration, path: file.path)
            if let difference { differences.append(difference) }
        }
        for frames in file.inputs.prefix(8).map({ [$0].frames { _ in "02:00:00:00:00:01" } }) {
            precondition(!frames.isEmpty, "a packet in words is a frame")
        }
        if let drops = file.drops?.difference(got: ["noRoute": 1], path: file.path) {
            differences.append(drops)
        }
        for step in file.steps {
            let answer = #"{"ledger": {"dropped": {"noRoute": 1}}, "ports": [1, "a", null]}"#
            if let difference = file.difference(step, answer: answer.utf8) {
                differences.append(difference)
            }
        }
        for difference in differences {
            precondition(!difference.text.isEmpty, "a difference says something")
        }
    } catch {
        precondition(!error.description.isEmpty, "an error says something")
    }
    return 0
}
