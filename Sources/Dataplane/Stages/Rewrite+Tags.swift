// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames that come in with tags, or leave by an interface of a port with VLANs.
extension Rewrite {
    /// Nearly every packet of such a burst: it may leave. The frame begins where the new header takes it to.
    /// - Returns: the positions of the others, which are unchanged.
    @inline(never)
    static func rewriteTagged(_ worker: inout WorkerState) -> BurstPositions {
        if !worker.isTagged { worker.metadata.forgetHeaderLengths() }
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let headerLengths = worker.metadata.headerLengths
        let ports = worker.metadata.outPorts
        let counters = worker.interfaces
        var others = BurstPositions()
        var outPorts: UInt32 = 0
        var run = InterfaceRun()
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let start = Int(headerLengths[index])
            let header = MutableIPv4Header(validated: mbuf.data + start)
            let packetLength = header.totalLength
            let tags = nextHop.pointee.tags
            let growth = Int(tags.byteCount) &- (start &- EthernetHeader.byteCount)
            guard
                UInt32(truncatingIfNeeded: packetLength &+ EthernetHeader.byteCount)
                    <= nextHop.largestFrame,
                packetLength &+ start == mbuf.frameLength || mbuf.segmentCount == 1,
                mbuf.headroom >= growth, header.decrementPlainTimeToLive()
            else {
                others.insert(index)
                continue
            }
            mbuf.moveStart(by: -growth)
            let length = packetLength &+ EthernetHeader.byteCount &+ Int(tags.byteCount)
            let frame = mbuf.data
            if tags.byteCount != 0 { tags.write(to: frame) }
            nextHop.pointee.writeAddresses(to: frame)
            if length != mbuf.frameLength { mbuf.setLengthOfOnlySegment(length) }
            let port = nextHop.pointee.port
            ports[index] = port
            outPorts |= 1 &<< UInt32(port)
            if nextHop.pointee.kind.leavesByVLAN {
                run.add(nextHop.pointee.interface, bytes: length) {
                    counters.sent($0, frames: $1, bytes: $2)
                }
            }
        }
        run.end { counters.sent($0, frames: $1, bytes: $2) }
        worker.outPorts = outPorts
        return others
    }
}
