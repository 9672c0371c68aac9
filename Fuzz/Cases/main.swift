// SPDX-License-Identifier: Apache-2.0

import Expectations
import FreewayConfiguration
import FuzzSupport

// Any text is a case or a list of errors; what a case expects can be held against anything.
fuzz { start, count in
    let yaml = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do throws(ConfigurationErrors) {
        let file = try CaseFile(
            yaml: yaml, path: "case.yaml", dropReasons: ["badChecksum", "noRoute"])
        let frame = CapturedFrame([UInt8](repeating: 0x45, count: 60))
        var differences = file.frames.differences(got: ["lan": [frame]], path: file.path)
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
