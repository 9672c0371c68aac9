// SPDX-License-Identifier: Apache-2.0

import CDPDK
public import DPDK

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

    private static func makePort(_ name: String) throws -> UInt16 {
        var received = [rte_ring_lookup("\(name)-rx")]
        var sent = [rte_ring_lookup("\(name)-tx")]
        let index = rte_eth_from_rings(name, &received, 1, &sent, 1, 0)
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
