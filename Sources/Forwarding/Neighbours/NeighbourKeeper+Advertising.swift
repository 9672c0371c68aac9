// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Hosts are told of their router. In steps of the control loop.
extension NeighbourKeeper {
    func followAdvertisements() {
        let up = advertisements.filter { number, _ in
            links[number].map { !down.contains($0.port) } ?? false
        }
        advertising.follow(up.mapValues(\.interval), at: now, beginningAfter: advertisingDelay)
    }

    /// Hosts are told of their router from now on. A step of the control loop.
    /// - Parameter waits: whether it is to be known first that our addresses are nobody else's.
    func beginAdvertising(waits: Bool) {
        advertisingDelay = waits ? 2 * AddressDuties.trialTime : 0
        followAdvertisements()
    }

    /// Hosts are told that it is their router no more (RFC 4861, 6.2.5). A step of the control loop.
    func endAdvertising() {
        guard advertisingDelay != nil else { return }
        advertisingDelay = nil
        for (number, settings) in advertisements.sorted(by: { $0.key < $1.key }) {
            advertise(number, settings, isLast: true)
        }
        advertisements = [:]
    }

    func advertise(
        _ interface: UInt16, _ settings: Configuration.RouterAdvertisement, isLast: Bool = false
    ) {
        guard let link = links[interface], let linkLocal = link.linkLocal,
            tentative[interface]?.contains(linkLocal) != true,
            let frame = link.advertisement(settings, isLast: isLast)
        else { return }
        send(frame, linkLocal, link)
    }
}
