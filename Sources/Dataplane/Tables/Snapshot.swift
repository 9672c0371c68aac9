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
    /// The same for IPv6, and for both families of other VRFs.
    let ipv6FIB: TrieFIB?
    private let ownsFIB: Bool
    /// Which of the roads of its mode frames take.
    let options: Road.Options
    let nextHops: UnsafeMutablePointer<NextHop>
    let nextHopCount: Int
    /// The number of an entry for packets that VRFs lead round in a circle.
    let circle: Int
    /// By the number of a next hop: the host's address; 0 for what stands for none.
    let hostAddresses: UnsafeMutablePointer<IPAddress>
    /// By the number of an interface: the entry of its networks; 0 where it has none.
    private let connected: UnsafeMutablePointer<UInt16>
    private let connectedCount: Int
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
    ///   - ownsFIB: whether the FIBs are freed with the snapshot, unless the one that replaces it has the same ones.
    ///   - ownAddresses: by the VRFs' numbers.
    ///   - flowSeed: of the hash that picks among the next hops of a group.
    public init(
        ports: [UInt16: PortEntry], interfaces: [UInt16: InterfaceEntry] = [:],
        local: [UInt16: LocalInterface] = [:], fib: FIB? = nil,
        ipv6FIB: TrieFIB? = nil, ownsFIB: Bool = true,
        nextHops: NextHopTable = NextHopTable(), flowSeed: UInt32 = 0,
        ownAddresses: [UInt16: OwnAddresses] = [:], errorsPerSecond: Int = 1_000,
        looksAtOptions: Bool = false, requestsPerSecond: Int = 20_000
    ) {
        let nextHops = nextHops.laidOut()
        self.ports = Self.allocate(
            (0..<UInt16(Port.limit)).map { ports[$0] ?? .absent })
        self.fib = fib
        self.ipv6FIB = ipv6FIB
        self.ownsFIB = ownsFIB
        // Behind those that have numbers of their own.
        self.nextHops = Self.allocate(nextHops.entries + [.drop(.vrfLoop)])
        nextHopCount = nextHops.entries.count
        circle = nextHopCount
        var addresses = [IPAddress](
            repeating: IPAddress(high: 0, low: 0), count: nextHops.entries.count)
        for (number, address) in nextHops.addresses { addresses[Int(number)] = address }
        hostAddresses = Self.allocate(addresses)
        connectedCount = nextHops.connected.keys.max().map { Int($0) + 1 } ?? 0
        connected = Self.allocate(
            (0..<connectedCount).map { nextHops.connected[UInt16($0)] ?? 0 })
        members = Self.allocate(nextHops.members)
        flowHash = FlowHash(seed: flowSeed)
        self.ownAddresses = AddressTable(ownAddresses)
        self.interfaces = InterfaceTable(interfaces, self.ports)
        localInterfaces = LocalInterfaceTable(local)
        for port in 0..<UInt16(Port.limit) {
            self.ports[Int(port)].hasIPv6 = localInterfaces.hasIPv6(port)
        }
        reversePaths = ReversePaths(local.mapValues(\.sourceDemand), nextHops)
        var options: Road.Options = reversePaths.areChecked ? .sourceCheck : []
        if local.values.contains(where: { $0.vrf != 0 }) { options.insert(.vrf) }
        self.options = options
        self.errorsPerSecond = UInt32(clamping: errorsPerSecond)
        self.looksAtOptions = looksAtOptions
        self.requestsPerSecond = UInt32(clamping: requestsPerSecond)
    }

    /// Whether hosts with an address may be behind an interface: it is on a network of it, or routes say so. Cold path.
    func isNear(_ address: IPAddress, _ interface: UInt16) -> Bool {
        let number: UInt16?
        let vrf = localInterfaces.vrf(of: interface)
        if let address = address.ipv4 {
            if localInterfaces.isOnLink(address, interface) { return true }
            number = lookUp(address, in: vrf)
        } else if let address = address.ipv6 {
            if localInterfaces.isOnLink(address, interface) { return true }
            number = lookUp(address, in: vrf)
        } else {
            return false
        }
        if localInterfaces.hasPeer(address, interface) { return true }
        let entry = nextHops[Int(number ?? 0)]
        return entry.kind == .glean && entry.interface == interface
    }

    /// The entry of the networks of an interface; 0 where it has none.
    func connected(_ interface: UInt16) -> UInt16 {
        Int(interface) < connectedCount ? connected[Int(interface)] : 0
    }

    /// - Parameter next: the snapshot that comes after it, and may have the same tables.
    func free(before next: TableHandles = TableHandles()) {
        ports.deallocate()
        nextHops.deallocate()
        members.deallocate()
        ownAddresses.free()
        interfaces.free()
        localInterfaces.free()
        reversePaths.free()
        hostAddresses.deallocate()
        connected.deallocate()
        guard ownsFIB else { return }
        if fib != next.fib { fib?.free() }
        if ipv6FIB != next.ipv6FIB { ipv6FIB?.free() }
    }

    /// The tables that outlive a snapshot where the next has them, too.
    struct TableHandles {
        var fib: FIB?
        var ipv6FIB: TrieFIB?
    }

    var tables: TableHandles { TableHandles(fib: fib, ipv6FIB: ipv6FIB) }

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
