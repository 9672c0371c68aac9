// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// What the stages tell each other about the frames of the burst: arrays beside it, one element for
/// each position. Worker's thread.
///
/// An array for each fact, since a stage needs one or two of them for all frames; in the mbufs'
/// private areas they cost a cache line for each frame. What must survive a hand-off is in
/// `PacketMetadata`.
struct BurstMetadata {
    /// IPv4 destinations in host order. Written by Admit, and by ValidateIPv4 where that left it open; read by Route.
    let destinations: UnsafeMutablePointer<UInt32>
    /// Those of IPv6, where the burst is of that family. Written by ValidateIPv6, read by Route.
    let ipv6Destinations: UnsafeMutablePointer<IPv6Address>
    /// Entries of the next-hop table. Written by Route, read by Rewrite.
    let nextHops: UnsafeMutablePointer<UInt64>
    /// DPDK's indices of the ports to leave by. Written by Rewrite and CrossConnect, read by Transmit.
    let outPorts: UnsafeMutablePointer<UInt16>
    /// Bytes in front of the packet, where `WorkerState.isTagged` says that they differ. Written by Admit.
    let headerLengths: UnsafeMutablePointer<UInt8>

    /// The same for the frames of `WorkerState.aside`.
    let headerLengthsAside: UnsafeMutablePointer<UInt8>

    /// Numbers of interfaces, where Admit has found them. Written and read by Admit alone.
    let interfaces: UnsafeMutablePointer<UInt16>

    /// The numbers of the VRFs that packets are in, where there are several. Written by AssignVRF.
    let vrfs: UnsafeMutablePointer<UInt16>

    init() {
        vrfs = linesOf([UInt16](repeating: 0, count: Burst.capacity))
        destinations = linesOf([UInt32](repeating: 0, count: Burst.capacity))
        ipv6Destinations = linesOf(
            [IPv6Address](repeating: IPv6Address(high: 0, low: 0), count: Burst.capacity))
        nextHops = linesOf([UInt64](repeating: 0, count: Burst.capacity))
        outPorts = linesOf([UInt16](repeating: 0, count: Burst.capacity))
        headerLengths = linesOf([UInt8](repeating: 0, count: Burst.capacity))
        headerLengthsAside = linesOf([UInt8](repeating: 0, count: Burst.capacity))
        interfaces = linesOf([UInt16](repeating: 0, count: Burst.capacity))
    }

    /// No packet has tags in front of it, as far as is known.
    func forgetHeaderLengths() {
        headerLengths.update(repeating: UInt8(EthernetHeader.byteCount), count: Burst.capacity)
    }

    /// Closes the gaps that frames leave which are taken out of a burst. Cold path.
    /// - Parameters:
    ///   - count: of the burst before.
    ///   - isRouted: whether anything is known beyond Route.
    ///   - hasVRFs: whether it is known which VRFs packets are in.
    func close(
        _ gone: BurstPositions, count: Int, isRouted: Bool, isIPv6: Bool, hasVRFs: Bool
    ) {
        if isIPv6 {
            close(gone, count, ipv6Destinations)
        } else {
            close(gone, count, destinations)
        }
        close(gone, count, headerLengths)
        if hasVRFs { close(gone, count, vrfs) }
        guard isRouted else { return }
        close(gone, count, nextHops)
        close(gone, count, outPorts)
    }

    @inline(__always)
    private func close<Element>(
        _ gone: BurstPositions, _ count: Int, _ elements: UnsafeMutablePointer<Element>
    ) {
        // What is between two of them moves as one.
        var rest = gone
        guard var kept = rest.popFirst() else { return }
        var next = kept &+ 1
        while next < count {
            let end = min(rest.popFirst() ?? count, count)
            (elements + kept).update(from: elements + next, count: end &- next)
            kept &+= end &- next
            next = end &+ 1
        }
    }

    func free() {
        vrfs.deallocate()
        destinations.deallocate()
        ipv6Destinations.deallocate()
        headerLengthsAside.deallocate()
        nextHops.deallocate()
        outPorts.deallocate()
        headerLengths.deallocate()
        interfaces.deallocate()
    }
}
