// SPDX-License-Identifier: Apache-2.0

import Dataplane
import Dispatch
import FreewayConfiguration
import Synchronization

extension Forwarder {
    /// Does what is due for neighbours, and takes what workers told of them. A step of the control loop, many times a second.
    package func keepNeighbours() {
        guard let neighbours else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        _ = neighbours.takeReports(at: now)
        // A step takes a moment: what is left comes with the next.
        var most = 1_000
        while most > 0, let time = neighbours.nextTime, time <= now {
            neighbours.expire(at: time)
            most -= 1
        }
        _ = neighbours.takeReports(at: now)
        publishNews()
    }

    /// Has workers know which addresses are used, and which next hops answer, where that has changed. A step of the control
    /// loop.
    private func publishNews() {
        guard let neighbours, neighbours.hasNews else { return }
        publish(state.withLock { $0.tables })
    }

    /// Gives workers back what they used of the messages about errors. A step of the control loop, many times a second.
    /// - Parameter seconds: since the last time.
    package func dealErrors(seconds: Double) {
        let tables = state.withLock { $0.tables }
        guard tables.configuration.forward == .route else { return }
        group.dealErrors(
            tables.numbers.numbers, rate: tables.configuration.icmp.errorsPerSecond,
            seconds: seconds)
    }

    /// Tells hosts the addresses that a reload has brought.
    func announceNewAddresses() {
        control.perform("announce") { [self] in
            if schedule == nil { neighbours?.begin(at: DispatchTime.now().uptimeNanoseconds) }
            neighbours?.announceNewAddresses(waits: schedule == nil)
            publishNews()
        }
    }

    /// Tells hosts our addresses. A step of the control loop.
    /// - Parameter ports: DPDK's indices of those whose link is up.
    func announce(_ ports: some Sequence<UInt16>) {
        if schedule == nil { neighbours?.begin(at: DispatchTime.now().uptimeNanoseconds) }
        // A replay's captures have no others on the link.
        for port in ports { neighbours?.announce(port, waits: schedule == nil) }
        neighbours?.beginAdvertising(waits: schedule == nil)
        neighbours?.beginTracking()
        publishNews()
    }
}
