// SPDX-License-Identifier: Apache-2.0

import CDPDK
public import DPDK
import Glibc

/// A port of the driver net_ring over two rings that the test holds: what is put on one the port receives, and
/// what it sends comes out of the other. `rte_eth_from_rings` of DPDK; unlike the rings that the driver makes
/// itself, these are as deep as one likes.
public struct RingPort {
    /// The test's: one producer.
    public let received: Ring
    /// The test's: one consumer.
    public let sent: Ring
    public let device: Device
    public let port: Port

    /// - Parameter slots: a power of two; each ring holds one frame fewer.
    public init(slots: Int) throws {
        let name = TestEnvironment.uniqueName("rings")
        received = try Ring(name: "\(name)-rx", slots: slots, numaNode: nil)
        sent = try Ring(name: "\(name)-tx", slots: slots, numaNode: nil)
        let index = try Self.makePort(name)
        device = Device(bus: .vdev, name: "net_ring_\(name)")
        port = Port(index: index)
    }

    /// The driver is a library that EAL has loaded; nothing of Freeway links it.
    private static func makePort(_ name: String) throws -> UInt16 {
        typealias MakePort =
            @convention(c) (
                UnsafePointer<CChar>, UnsafePointer<OpaquePointer?>, UInt32,
                UnsafePointer<OpaquePointer?>, UInt32, UInt32
            ) -> Int32
        guard let library = dlopen("librte_net_ring.so.23", RTLD_NOW),
            let symbol = dlsym(library, "rte_eth_from_rings")
        else { throw Failure(reason: String(cString: dlerror())) }
        let make = unsafeBitCast(symbol, to: MakePort.self)
        let index = make(
            name, [rte_ring_lookup("\(name)-rx")], 1, [rte_ring_lookup("\(name)-tx")], 1, 0)
        guard index >= 0 else { throw Failure(reason: "rte_eth_from_rings gave \(index)") }
        return UInt16(index)
    }

    private struct Failure: Error {
        let reason: String
    }

    /// The port must be gone.
    public func freeRings() {
        received.free()
        sent.free()
    }
}
