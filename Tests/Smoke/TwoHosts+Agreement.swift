// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import ProcessSupport
import Testing

extension TwoHosts {
    /// All that the kernel had on the cables, a daemon on them says that it had, too, and where each frame is.
    /// - Parameter framesBefore: how many hosts may have sent before the daemon had the interfaces.
    func expectAgreement(
        with daemon: DaemonProcess, framesBefore: Range<UInt64> = 0..<1
    ) async throws {
        for (cable, port) in [(Host.left, "left"), (.right, "right")] {
            var seen = ""
            let agrees: Bool? = try await firstAnswer {
                let stats = try await daemon.stats()
                let received = try await counter(cable, "rx_packets")
                let sent = try await counter(cable, "tx_packets")
                let own = try #require(stats.ports[port])
                seen = "\(own), the kernel: \(received) and \(sent), \(stats.ledger)"
                return received >= own.received
                    && framesBefore.contains(received - own.received)
                    && own.transmitted == sent && stats.ledger.isBalanced ? true : nil
            }
            #expect(agrees == true, "\(port): \(seen)")
        }
    }
}
