// SPDX-License-Identifier: Apache-2.0

import EALSupport
import PacketHeaders
import Testing

@testable import DPDK
@testable import Dataplane

@Suite(.usesEAL) struct NeighbourTableTests {
    private func key(_ number: UInt32, on interface: UInt16 = 1) -> NeighbourKey {
        NeighbourKey(interface: interface, address: IPv4Address(rawValue: number))
    }

    private func hop(_ number: UInt64) -> NextHop {
        .forward(
            port: 1, mtu: 1500, destinationMAC: MACAddress(rawValue: number),
            sourceMAC: Address.right)
    }

    @Test(
        "hosts are found by interface and address, as a dictionary finds them, while they come and go"
    )
    func model() throws {
        let publication = try Publication(Snapshot(ports: [:]), workers: 1)
        defer { publication.free() }
        let table = NeighbourTable(publication)
        let reader = table.reader
        var generator = SplitMixSequence(seed: UInt64.random(in: 0...(.max)))
        print("seed \(generator.state)")
        var model: [NeighbourKey: UInt64] = [:]
        for step in 0..<20_000 {
            let random = generator.next()
            let key = key(UInt32(random % 3_000), on: UInt16(random >> 40 % 2))
            if random >> 60 < 10 {
                #expect(table.put(key, hop(UInt64(step))))
                model[key] = UInt64(step)
            } else {
                table.remove(key)
                model[key] = nil
            }
        }
        for number in 0..<3_000 as Range<UInt32> {
            for interface in 0..<2 as Range<UInt16> {
                let key = key(number, on: interface)
                let found = reader.place(of: key).map {
                    reader.entries[$0].destinationMAC.rawValue
                }
                #expect(found == model[key])
            }
        }
    }

    @Test("a place that a worker may still be at is no other host's")
    func grace() throws {
        let publication = try Publication(Snapshot(ports: [:]), workers: 1)
        defer { publication.free() }
        let worker = publication.reader(index: 0)
        worker.quiescence.enter(reader: 0)
        let table = NeighbourTable(publication)
        #expect(table.put(key(1), hop(1)))
        let place = try #require(table.reader.place(of: key(1)))
        table.remove(key(1))
        // It waits at the place where it was, and nothing else is there until the worker has looked up anew.
        #expect((table.reader.entries + place).largestFrame == 0)
        for number in 2..<2_000 as Range<UInt32> {
            #expect(table.put(key(number), hop(2)))
            #expect(table.reader.place(of: key(number)) != place)
        }
        worker.quiescence.leave(reader: 0)
    }

    @Test("an entry says whether it may be used before it says how")
    func inPlace() {
        let memory = linesOf([NextHop.unresolved(port: 1, interface: 40, byVLAN: true)])
        defer { memory.deallocate() }
        #expect(memory.largestFrame == 0)
        let resolved = NextHop.forward(
            port: 1, interface: 40, vlans: [7, 8], outer: .serviceVLAN, mtu: 1496,
            destinationMAC: Address.neighbour, sourceMAC: Address.right)
        memory.replace(by: resolved)
        #expect(memory.largestFrame == 1510 && memory.pointee.destinationMAC == Address.neighbour)
        #expect(memory.pointee.tags.byteCount == 8 && memory.pointee.interface == 40)
        memory.replace(by: resolved.watched)
        #expect(memory.pointee.kind.isWatched && memory.pointee.kind.leavesByVLAN)
        memory.replace(by: .unresolved(port: 1, interface: 40, byVLAN: true).failed)
        #expect(memory.largestFrame == 0 && memory.pointee.kind.isFailed)
        memory.replace(by: resolved)
        #expect(memory.largestFrame == 1510 && !memory.pointee.kind.isFailed)
        #expect(memory.pointee.tags.byteCount == 8)
    }
}

private struct SplitMixSequence {
    private(set) var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= SplitMix.step
        return SplitMix.finalise(state)
    }
}
