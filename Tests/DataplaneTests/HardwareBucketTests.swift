// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Frames that are handed on go where a network card puts those that it receives itself.
@Suite(.usesEAL) struct HardwareBucketTests {
    /// Toeplitz's hash as Microsoft's RSS describes it ("RSS hashing functions"): for each bit of the input that is set,
    /// the 32 bits of the key that begin there.
    private func toeplitz(_ input: [UInt8], key: [UInt8]) -> UInt32 {
        func bit(_ position: Int) -> UInt32 { UInt32(key[position / 8] >> (7 - position % 8) & 1) }
        var hash: UInt32 = 0
        for position in 0..<input.count * 8
        where input[position / 8] >> (7 - position % 8) & 1 == 1 {
            hash ^= (0..<32).reduce(0) { $0 << 1 | bit(position + $1) }
        }
        return hash
    }

    /// The values of "Verifying the RSS hash calculation".
    @Test func givenTheKeyOfMicrosoftTheReferenceGivesItsValues() {
        let key = [UInt8](
            hex: """
                6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa
                """)
        let source = Frames.big(0x4209_95bb, 4)
        let destination = Frames.big(0xa18e_6450, 4)
        #expect(toeplitz(source + destination, key: key) == 0x323e_8fc2)
        let ports = Frames.big(2794, 2) + Frames.big(1766, 2)
        #expect(toeplitz(source + destination + ports, key: key) == 0x51cc_c178)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func givenAFlowItsBucketIsThatOfTheCardsHash(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let hardware = HardwareBucket(keyWord: Port.Configuration.symmetricHashWord)
        // 36 bytes of input and the last window.
        let key = Port.Configuration.symmetricHashKey
        for _ in 0..<500 {
            let source = UInt32(truncatingIfNeeded: random.next())
            let destination = UInt32(truncatingIfNeeded: random.next())
            let ports = (
                UInt16.random(in: 0...65_535, using: &random),
                UInt16.random(in: 0...65_535, using: &random)
            )
            let addresses = Frames.big(UInt64(source), 4) + Frames.big(UInt64(destination), 4)
            let both = addresses + Frames.big(UInt64(ports.0), 2) + Frames.big(UInt64(ports.1), 2)
            for (ipProtocol, input) in [(6, both), (17, both), (132, addresses), (1, addresses)]
                as [(UInt8, [UInt8])]
            {
                let frame = Frames.ipv4 {
                    $0.source = source
                    $0.destination = destination
                    $0.ipProtocol = ipProtocol
                    $0.payload =
                        Frames.big(UInt64(ports.0), 2) + Frames.big(UInt64(ports.1), 2)
                        + [UInt8](repeating: 0, count: 16)
                }
                let bucket = hardware.of(summary(frame).flow)
                #expect(UInt32(bucket) == toeplitz(input, key: key) & 127, "seed \(seed)")
            }
            // A fragment goes by its addresses, whatever is where ports would be.
            let fragment = Frames.ipv4 {
                $0.source = source
                $0.destination = destination
                $0.ipProtocol = 17
                $0.fragment = 0x2000
                $0.payload = Frames.big(UInt64(ports.0), 2) + [UInt8](repeating: 7, count: 22)
            }
            #expect(
                UInt32(hardware.of(summary(fragment).flow)) == toeplitz(addresses, key: key) & 127)
        }
        // IPv6: 36 bytes of input.
        for _ in 0..<200 {
            let addresses = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            let ports = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
            let frame =
                [UInt8](hex: "020000000001 020000000002 86dd 60000000 0014 06 40") + addresses
                + ports + [UInt8](repeating: 0, count: 16)
            #expect(
                UInt32(hardware.of(summary(frame).flow))
                    == toeplitz(addresses + ports, key: key) & 127, "seed \(seed)")
        }
        // Of what is no IP packet a card makes no hash.
        #expect(hardware.of(summary([UInt8](hex: "020000000001 020000000002 0806 0001")).flow) == 0)
    }

    private func summary(_ frame: [UInt8]) -> FrameSummary {
        frame.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
    }

    /// The owner is that of the queue in the card's table, whatever the number of workers.
    @Test(arguments: [2, 3, 5, 16]) func givenWorkersTheOwnerIsThatOfTheQueue(workers: Int) throws {
        let steering = FlowSteering(workers: workers, asHardware: true)
        let key = Port.Configuration.symmetricHashKey
        var random = SeededGenerator(seed: 5)
        var owned: Set<Int> = []
        for _ in 0..<500 {
            let source = UInt32(truncatingIfNeeded: random.next())
            let destination = UInt32(truncatingIfNeeded: random.next())
            let burst = try Burst.of([
                Frames.udp(from: (source, 4_000), to: (destination, 53)),
                Frames.udp(from: (destination, 53), to: (source, 4_000)),
            ])
            let input =
                Frames.big(UInt64(source), 4) + Frames.big(UInt64(destination), 4)
                + Frames.big(4_000, 2) + Frames.big(53, 2)
            let queue = Int(toeplitz(input, key: key) & 127) % workers
            #expect(steering.owner(of: burst[0]) == queue)
            #expect(steering.owner(of: burst[1]) == queue)
            owned.insert(queue)
        }
        #expect(owned.count == workers)
    }
}
