// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

/// Devices come and go while DPDK runs; one that cannot come says why, in DPDK's own words.
@Suite(.usesEAL) struct DeviceTests {
    @Test func givenADriverThatDoesNotExistTheErrorQuotesDPDK() throws {
        let error = #expect(throws: DPDKError.self) {
            try Device.attach(bus: .vdev, name: "net_bogus7")
        }
        #expect(error?.operation == "attach device net_bogus7")
        #expect(error?.description.contains("(DPDK says: ") == true)
    }

    @Test func givenACaptureThatDoesNotExistTheErrorQuotesDPDK() throws {
        let error = #expect(throws: DPDKError.self) {
            try Device.attach(
                bus: .vdev, name: "net_pcap77", arguments: "rx_pcap=/nonexistent/in.pcap")
        }
        #expect(error?.description.contains("attach device net_pcap77") == true)
        #expect(error?.logLine != nil)
    }

    @Test func givenAnArgumentThatTheDriverDoesNotKnowTheDeviceIsRefused() throws {
        #expect(throws: DPDKError.self) {
            try Device.attach(bus: .vdev, name: "net_null77", arguments: "bogus=1")
        }
    }

    @Test func givenACardThatIsNotThereTheErrorNamesIt() throws {
        let error = #expect(throws: DPDKError.self) {
            try Device.attach(bus: .pci, name: "0000:ff:1f.6")
        }
        #expect(error?.operation == "attach device 0000:ff:1f.6")
    }

    @Test func givenANameInUseTheSecondDeviceIsRefusedAndTheFirstStays() throws {
        let (device, port) = try Device.attach(
            bus: .vdev, name: "net_null78", arguments: "no-rx=1")
        let error = #expect(throws: DPDKError.self) {
            try Device.attach(bus: .vdev, name: "net_null78", arguments: "no-rx=1")
        }
        #expect(error?.code == 17)
        #expect(try port.capabilities().driver == "net_null")
        try port.close()
        try device.detach()
    }

    /// A device of another kind brings no port; it must not stay behind.
    @Test func givenADeviceWithoutPortItIsTakenAwayAgain() throws {
        for _ in 0..<2 {
            let error = #expect(throws: DPDKError.self) {
                try Device.attach(bus: .vdev, name: "net_vdev_netvsc77")
            }
            #expect(error?.operation == "find the port of device net_vdev_netvsc77")
        }
    }

    @Test func givenADetachedDeviceItsNameIsFreeAndItCannotGoTwice() throws {
        for _ in 0..<20 {
            let (device, port) = try Device.attach(bus: .vdev, name: "net_null79")
            #expect(port.index < Port.limit)
            try port.close()
            try device.detach()
            #expect(throws: DPDKError.self) { try device.detach() }
        }
    }
}
