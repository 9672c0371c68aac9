// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// A writer learns when no reader can still hold what it replaced.
@Suite(.usesEAL) struct QuiescentStateTests {
    @Test func givenNoReadersAMarkIsPassedAtOnce() throws {
        let state = try QuiescentState(readers: 4)
        defer { state.free() }
        #expect(state.hasPassed(state.mark()))
    }

    @Test func givenTwoReadersAMarkIsPassedOnceBothReported() throws {
        let state = try QuiescentState(readers: 4)
        defer { state.free() }
        state.enter(reader: 0)
        state.enter(reader: 3)
        let mark = state.mark()
        #expect(!state.hasPassed(mark))
        state.report(reader: 0)
        #expect(!state.hasPassed(mark))
        state.report(reader: 0)
        #expect(!state.hasPassed(mark))
        state.report(reader: 3)
        #expect(state.hasPassed(mark))
    }

    @Test func givenAReportBeforeTheMarkItDoesNotCount() throws {
        let state = try QuiescentState(readers: 1)
        defer { state.free() }
        state.enter(reader: 0)
        state.report(reader: 0)
        let mark = state.mark()
        #expect(!state.hasPassed(mark))
    }

    @Test func givenAReaderThatLeavesItBlocksNobody() throws {
        let state = try QuiescentState(readers: 2)
        defer { state.free() }
        state.enter(reader: 0)
        state.enter(reader: 1)
        let mark = state.mark()
        state.report(reader: 0)
        #expect(!state.hasPassed(mark))
        state.leave(reader: 1)
        #expect(state.hasPassed(mark))
    }

    @Test func givenAReaderThatEntersAfterTheMarkItBlocksNobody() throws {
        let state = try QuiescentState(readers: 2)
        defer { state.free() }
        state.enter(reader: 0)
        let mark = state.mark()
        state.enter(reader: 1)
        state.report(reader: 0)
        #expect(state.hasPassed(mark))
    }

    @Test func givenSeveralMarksALaterReportPassesAll() throws {
        let state = try QuiescentState(readers: 1)
        defer { state.free() }
        state.enter(reader: 0)
        let first = state.mark()
        state.report(reader: 0)
        let second = state.mark()
        #expect(state.hasPassed(first))
        #expect(!state.hasPassed(second))
        state.report(reader: 0)
        #expect(state.hasPassed(second))
    }
}
