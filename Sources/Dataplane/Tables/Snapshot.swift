// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// The tables that all workers read, as one immutable set behind one pointer.
///
/// Made and freed by the control plane; workers hold it for a round at most.
public struct Snapshot: @unchecked Sendable {
    /// One entry for each of DPDK's port indices.
    let ports: UnsafeMutablePointer<PortEntry>
    /// Prefix to index of `nextHops`; absent where nothing is routed.
    let fib: FIB?
    private let ownsFIB: Bool
    /// Which of the roads of its mode frames take.
    let options: Road.Options
    let nextHops: UnsafeMutablePointer<NextHop>
    let nextHopCount: Int
    /// By the number of a next hop: the host's address; 0 for what stands for none.
    let hostAddresses: UnsafeMutablePointer<UInt32>
    let members: UnsafeMutablePointer<UInt16>
    /// Picks a group's member for a flow.
    let flowHash: FlowHash
    let ownAddresses: AddressTable
    let interfaces: InterfaceTable
    let localInterfaces: LocalInterfaceTable
    let reversePaths: ReversePaths
    /// ICMP messages about errors that may go out each second, for each interface that frames come in by.
    let errorsPerSecond: UInt32
    /// Whether options that are wrong are looked for.
    let looksAtOptions: Bool
    /// Hosts that may be asked for their MAC each second, beside those that are known.
    let requestsPerSecond: UInt32

    /// Copies the tables into memory of its own.
    /// - Parameters:
    ///   - ports: by DPDK's port index.
    ///   - interfaces: by number; needed where any has tagged frames.
    ///   - local: by the interfaces' numbers.
    ///   - ownsFIB: whether the FIB is freed with the snapshot, unless the one that replaces it has the same.
    ///   - flowSeed: of the hash that picks among the next hops of a group.
    public init(
        ports: [UInt16: PortEntry], interfaces: [UInt16: InterfaceEntry] = [:],
        local: [UInt16: LocalInterface] = [:], fib: FIB? = nil,
        ownsFIB: Bool = true,
        nextHops: NextHopTable = NextHopTable(), flowSeed: UInt32 = 0,
        ownAddresses: OwnAddresses = OwnAddresses(), errorsPerSecond: Int = 1_000,
        looksAtOptions: Bool = false, requestsPerSecond: Int = 20_000
    ) {
        self.ports = Self.allocate(
            (0..<UInt16(Port.limit)).map { ports[$0] ?? .absent })
        self.fib = fib
        self.ownsFIB = ownsFIB
        self.nextHops = Self.allocate(nextHops.entries)
        nextHopCount = nextHops.entries.count
        var addresses = [UInt32](repeating: 0, count: nextHops.entries.count)
        for (number, address) in nextHops.addresses { addresses[Int(number)] = address.rawValue }
        hostAddresses = Self.allocate(addresses)
        members = Self.allocate(nextHops.members)
        flowHash = FlowHash(seed: flowSeed)
        self.ownAddresses = AddressTable(ownAddresses)
        self.interfaces = InterfaceTable(interfaces, self.ports)
        localInterfaces = LocalInterfaceTable(local)
        reversePaths = ReversePaths(local.mapValues(\.sourceDemand), nextHops)
        options = reversePaths.areChecked ? .sourceCheck : []
        self.errorsPerSecond = UInt32(clamping: errorsPerSecond)
        self.looksAtOptions = looksAtOptions
        self.requestsPerSecond = UInt32(clamping: requestsPerSecond)
    }

    /// - Parameter keepsTable: whether another snapshot has the same FIB.
    func free(keepsTable: Bool = false) {
        ports.deallocate()
        nextHops.deallocate()
        members.deallocate()
        ownAddresses.free()
        interfaces.free()
        localInterfaces.free()
        reversePaths.free()
        hostAddresses.deallocate()
        if ownsFIB, !keepsTable { fib?.free() }
    }

    private static func allocate<Element: BitwiseCopyable>(
        _ elements: [Element]
    ) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, elements.count) * MemoryLayout<Element>.stride, alignment: 64
        ).bindMemory(to: Element.self, capacity: max(1, elements.count))
        memory.initialize(from: elements, count: elements.count)
        return memory
    }
}
