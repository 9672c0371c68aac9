// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

/// Whatever the bytes, loading gives a configuration or errors, and a configuration gives a plan.
@Suite struct MutationTests {
    /// SplitMix64: small, and the same everywhere for the same seed.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }

    private static let words = [
        "[", "]", "{", "}", ": ", "- ", ", ", "\n", "  ", "&a ", "*a", "~", "\"", "'", "|\n", "? ",
        "-1", "0", "99999999999999999999", "/33", "0.0.0.0/0", "255.255.255.255", "<<: *a", "%",
        "ports", "version", "\u{0}", "\u{feff}", "é", "!!str ", "---\n", "...\n", "#", "\t",
    ].map { Array($0.utf8) }

    @Test func mutatedFilesNeverTrap() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("MutationTests seed: \(seed)")
        var generator = Generator(state: seed)
        let originals = try ReadyFiles.configurations.map { Array(try ReadyFiles.text($0).utf8) }
        let machine = Machine(allowedCPUs: [0, 1])
        var loaded = 0
        for round in 0..<1_500 {
            var bytes = originals[round % originals.count]
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                mutate(&bytes, &generator)
            }
            guard let configuration = try? Configuration(yaml: bytes, path: "f.yaml") else {
                continue
            }
            loaded += 1
            _ = try? Plan(configuration: configuration, machine: machine)
            _ = try? Plan(replaying: configuration, workers: 2, machine: machine)
        }
        // Most mutations are in comments, which are half of the files.
        #expect(loaded > 0)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        guard !bytes.isEmpty else { return }
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 1...12, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 2: bytes[start] = UInt8.random(in: .min ... .max, using: &generator)
        case 3: bytes.swapAt(start, end - 1)
        case 4: bytes.removeSubrange(start...)
        default:
            bytes.insert(
                contentsOf: Self.words.randomElement(using: &generator) ?? [], at: start)
        }
    }
}
