// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

@testable import Dataplane

/// A snapshot is freed once no worker can see it, and not before.
@Suite(.usesEAL) struct PublicationTests {
    @Test func givenNoWorkerThatReadsTheOldSnapshotGoesAtOnce() throws {
        let publication = try Publication(crossing([(0, 1)]), workers: 2)
        defer { publication.free() }
        publication.publish(crossing([(0, 2)]))
        #expect(publication.reclaim() == 0)
    }

    @Test func givenAWorkerThatReadsTheOldSnapshotStaysUntilItReports() throws {
        let publication = try Publication(crossing([(0, 1)]), workers: 2)
        defer { publication.free() }
        let reader = publication.reader(index: 1)
        reader.quiescence.enter(reader: 1)
        let old = reader.snapshot
        #expect(old.pointee.ports[0].peer == 1)

        publication.publish(crossing([(0, 2)]))
        publication.publish(crossing([(0, 3)]))
        #expect(reader.snapshot.pointee.ports[0].peer == 3)
        #expect(publication.reclaim() == 2)
        // Still whole.
        #expect(old.pointee.ports[0].peer == 1)

        reader.quiescence.report(reader: 1)
        #expect(publication.reclaim() == 0)
        reader.quiescence.leave(reader: 1)
    }

    /// Its forwarding table goes with it: DPDK takes the name again.
    @Test func givenASnapshotThatIsFreedItsTableIsToo() throws {
        func table() throws -> FIB {
            try FIB(name: "publication", groups: 4, numaNode: nil)
        }
        let publication = try Publication(
            Snapshot(ports: [:], fib: try table()), workers: 1)
        #expect(throws: DPDKError.self) { try table() }
        publication.publish(Snapshot(ports: [:]))
        let again = try table()
        publication.publish(Snapshot(ports: [:], fib: again))
        publication.free()
        try table().free()
    }
}
