// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

/// Ports on virtual devices: what they can do, and what they refuse.
@Suite(.usesEAL) struct PortTests {
    @Test func givenMoreQueuesThanTheDriverHasTheErrorSaysSo() throws {
        let (device, port) = try Device.attach(
            bus: .vdev, name: TestEnvironment.uniqueName("net_pcap"),
            arguments: "rx_pcap=\(Self.capture)")
        defer {
            try? port.close()
            try? device.detach()
        }
        let error = #expect(throws: DPDKError.self) {
            try port.configure(
                Port.Configuration(rxQueues: 2, txQueues: 1), pool: TestEnvironment.pool)
        }
        #expect(error?.operation == "configure port \(port.index) with 2 rx and 1 tx queues")
        #expect(error?.logLine?.contains("nb_rx_queues=2 > 1") == true)
    }

    @Test func givenAPortThatDoesNotExistEachQuestionFails() {
        let port = Port(index: 31)
        #expect(throws: DPDKError.self) { try port.capabilities() }
        #expect(throws: DPDKError.self) { try port.macAddress() }
        #expect(throws: DPDKError.self) { try port.link() }
        #expect(throws: DPDKError.self) { try port.statistics() }
        #expect(throws: DPDKError.self) { try port.extendedStatistics() }
        #expect(throws: DPDKError.self) { try port.start() }
        #expect(throws: DPDKError.self) { try port.close() }
        #expect(!port.setMTU(1500))
        #expect(!port.enablePromiscuousMode())
        #expect(port.numaNode == nil)
    }

    @Test(arguments: [-1, 65_536, 1 << 40])
    func givenAnMTUThatNoDeviceHasItIsRefused(mtu: Int) throws {
        let void = try TestPort.void()
        defer { void.close() }
        #expect(!void.port.setMTU(mtu))
    }

    @Test func netPcapCannotTakeAnotherMACOrMTU() throws {
        let source = try TestPort.receiving(Self.capture)
        defer { source.close() }
        // 02:70:63:61:70:NN: "pcap" behind a locally administered byte.
        #expect(try source.port.macAddress() >> 8 == 0x02_70_63_61_70)
        #expect(!source.port.setMACAddress(0x02_00_00_00_00_09))
        #expect(!source.port.setMTU(1400))
    }

    @Test func aDeviceThatTakesAnotherMACHasItThen() throws {
        let void = try TestPort.void()
        defer { void.close() }
        #expect(void.port.setMACAddress(0x02_11_22_33_44_55))
        #expect(try void.port.macAddress() == 0x02_11_22_33_44_55)
    }

    @Test func theLinkIsUpOnceThePortRunsAndDownAgainAfter() throws {
        let void = try TestPort.void()
        defer { void.close() }
        let link = try void.port.link()
        #expect(link.isUp)
        #expect(link.megabitsPerSecond == 10_000)
        #expect(link.isFullDuplex)
        try void.port.stop()
        #expect(try !void.port.link().isUp)
    }

    @Test func countersFollowTheFrames() throws {
        let loop = try TestPort.loop()
        defer { loop.close() }
        var burst = try Burst.of((0..<9).map(numbered))
        #expect(burst.transmit(port: loop.index, queue: 0) == 9)
        #expect(burst.receive(port: loop.index, queue: 0, limit: 7) == 7)
        let counters = try loop.port.statistics()
        #expect(counters.transmittedFrames == 9)
        #expect(counters.receivedFrames == 7)
        #expect(counters.missed + counters.receiveErrors + counters.withoutMbuf == 0)
        let extended = try loop.port.extendedStatistics()
        #expect(extended["tx_good_packets"] == 9)
        #expect(extended["rx_good_packets"] == 7)
    }

    /// net_pcap reads a frame before it fails to find a buffer for it.
    @Test func givenAnEmptyPoolTheDriverCountsWhatItLost() throws {
        let folder = try TemporaryFolder()
        var file = PcapFile()
        for number in 0..<40 { file.add(numbered(number) + [UInt8](repeating: 0, count: 60)) }
        let path = try folder.write(file.bytes, to: "forty.pcap")
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("pool"), mbufs: 15, dataRoom: 2176, cache: 0,
            numaNode: nil, packing: .packed)
        defer { pool.free() }
        let source = try TestPort.receiving(path, pool: pool)
        defer { source.close() }
        var burst = Burst()
        #expect(burst.receive(port: source.index, queue: 0) == 15)
        #expect(try source.port.statistics().withoutMbuf > 0)
        burst.removeAll()
    }

    @Test func capabilitiesAreTheDriversOwn() throws {
        let source = try TestPort.receiving(Self.capture)
        defer { source.close() }
        let capabilities = try source.port.capabilities()
        #expect(capabilities.driver == "net_pcap")
        #expect(capabilities.rxQueues == 1)
        #expect(capabilities.redirectionTableSize == 0)
        #expect(source.port.isPromiscuous)
    }

    private static let capture = Repository.realCapture("zeek-5-pings.pcap")
}
