// SPDX-License-Identifier: Apache-2.0

import EALSupport
import Synchronization
import Testing

@testable import DPDK

/// What DPDK logs arrives in whole lines, and takes bounded memory.
@Suite struct LogCaptureTests {
    @Test func givenPiecesTheyMakeOneLine() {
        let log = LogCapture()
        log.append("EAL: one ")
        #expect(log.lastLine == nil)
        log.append("line\nEAL: anoth")
        #expect(log.lastLine == "EAL: one line")
        log.append("er\n")
        #expect(log.lastLine == "EAL: another")
    }

    @Test func givenEmptyLinesTheyAreLeftOut() {
        let log = LogCapture()
        log.append("EAL: words\n\n\n")
        #expect(log.lastLine == "EAL: words")
    }

    @Test func givenNothingSinceItWasClearedThereIsNoLastLine() {
        let log = LogCapture()
        log.append("EAL: words\n")
        log.clear()
        #expect(log.lastLine == nil)
    }

    @Test func eachWholeLineIsPassedOnOnceInOrder() {
        let log = LogCapture()
        let received = Received()
        log.append("before\n")
        log.forward(to: { received.add($0) })
        log.append("a\nb\nc")
        log.append("d\n")
        log.forward(to: nil)
        log.append("after\n")
        #expect(received.lines == ["a", "b", "cd"])
    }

    @Test func givenALineWithoutEndItsMemoryIsBounded() {
        let log = LogCapture()
        for _ in 0..<10_000 { log.append(String(repeating: "x", count: 100)) }
        log.append("\n")
        #expect((log.lastLine?.utf8.count ?? 0) <= 2048 + 100)
    }

    @Test(.usesEAL) func anErrorQuotesNothingThatAnEarlierOperationLogged() throws {
        #expect(throws: DPDKError.self) { try Device.attach(bus: .vdev, name: "net_bogus8") }
        #expect(LogCapture.shared.lastLine != nil)
        let ring = #expect(throws: DPDKError.self) {
            try Ring(name: "a name that is far too long for DPDK", slots: 8, numaNode: nil)
        }
        #expect(ring?.logLine?.contains("bogus") != true)
        #expect(throws: DPDKError.self) { try Device.attach(bus: .vdev, name: "net_bogus8") }
        let launch = #expect(throws: DPDKError.self) {
            try Lcore(index: 120).launch({ _ in 0 }, context: nil)
        }
        #expect(launch?.logLine == nil)
        let stop = #expect(throws: DPDKError.self) { try Port(index: 31).stop() }
        #expect(stop?.logLine?.contains("bogus") != true)
        let state = #expect(throws: DPDKError.self) { try QuiescentState(readers: 0) }
        #expect(state?.logLine?.contains("bogus") != true)
    }

    private final class Received: Sendable {
        private let state = Mutex<[String]>([])
        var lines: [String] { state.withLock { $0 } }
        func add(_ line: String) { state.withLock { $0.append(line) } }
    }
}
