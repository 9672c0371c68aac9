// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import FuzzSupport

/// A machine of which every fuzzed plan is made.
let machine = Machine(
    allowedCPUs: [0, 1, 2, 3], hugepages: [Machine.Hugepages(kibibytes: 2048, free: 512)])

// Any text is a configuration or a list of errors; a configuration has a plan or a list of errors.
fuzz { start, count in
    let yaml = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        let configuration = try Configuration(yaml: yaml, path: "fuzz.yaml")
        let plan = try Plan(configuration: configuration, machine: machine)
        precondition(!"\(plan)".isEmpty)
        _ = try Plan(replaying: configuration, workers: 2, machine: machine)
    } catch let errors as ConfigurationErrors {
        precondition(!errors.description.isEmpty, "an error says something")
    } catch {
        fatalError("an error of another kind: \(error)")
    }
    return 0
}
