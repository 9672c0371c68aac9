// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

extension RouteContents {
    /// What no packet of another host can come from, by the VRFs' numbers.
    var ownAddresses: [UInt16: OwnAddresses] {
        Dictionary(
            uniqueKeysWithValues: vrfs.enumerated().map { ($0, $1.ownAddresses) }
                .filter { $0.0 == 0 || $0.1 != OwnAddresses() }
                .map { (UInt16($0.0), $0.1) })
    }
}

extension RouteContents.OfVRF {
    fileprivate var ownAddresses: OwnAddresses {
        OwnAddresses(
            hosts: Set(ipv4.own.hosts.compactMap(\.ipv4)),
            broadcasts: Set(ipv4.own.broadcasts.compactMap(\.ipv4)),
            ipv6Hosts: Set(ipv6.own.hosts.compactMap(\.ipv6)),
            ipv6Anycasts: Set(ipv6.own.anycasts.compactMap(\.ipv6)))
    }
}
