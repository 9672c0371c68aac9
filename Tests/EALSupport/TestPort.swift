// SPDX-License-Identifier: Apache-2.0

public import DPDK

/// A port on a virtual device, set up and running; `close()` takes it away again.
public struct TestPort {
    public let device: Device
    public let port: Port

    public var index: UInt16 { port.index }

    /// - Parameter driver: such as `net_null`; the number is chosen here.
    public init(
        _ driver: String, arguments: String = "", rxQueues: Int = 1, txQueues: Int = 1,
        pool: Mempool? = nil
    ) throws {
        let (device, port) = try Device.attach(
            bus: .vdev, name: TestEnvironment.uniqueName(driver), arguments: arguments)
        self.device = device
        self.port = port
        do {
            try port.configure(
                Port.Configuration(rxQueues: rxQueues, txQueues: txQueues),
                pool: try pool ?? TestEnvironment.pool)
            try port.start()
        } catch {
            try? port.close()
            try? device.detach()
            throw error
        }
    }

    /// A port that receives what a capture holds.
    public static func receiving(_ path: String, pool: Mempool? = nil) throws -> TestPort {
        try TestPort("net_pcap", arguments: "rx_pcap=\(path)", pool: pool)
    }

    /// A port that receives in one queue what is sent through it: a ring of 1,023 frames.
    public static func loop(queues: Int = 1) throws -> TestPort {
        try TestPort("net_ring", rxQueues: queues, txQueues: queues)
    }

    /// A port that receives nothing and sends into the void.
    public static func void(txQueues: Int = 1) throws -> TestPort {
        try TestPort("net_null", arguments: "no-rx=1", txQueues: txQueues)
    }

    public func close() {
        try? port.stop()
        try? port.close()
        try? device.detach()
    }
}
