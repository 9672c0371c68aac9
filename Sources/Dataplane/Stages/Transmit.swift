// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Puts each frame into the transmit buffer of the port that it leaves by.
enum Transmit {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        if worker.hasTooLong { return transmitParts(&worker, &observer) }
        if worker.outPorts.nonzeroBitCount == 1 {
            let port = UInt16(truncatingIfNeeded: worker.outPorts.trailingZeroBitCount)
            for index in 0..<worker.burst.count {
                observer.left(worker.burst[index], by: .sent(port: port))
            }
            return worker.transmitAll(to: port, bytes: worker.burstBytes)
        }
        worker.pendingPorts |= worker.outPorts
        let ports = worker.metadata.outPorts
        let buffers = worker.transmitBuffers
        let routes = worker.transmitPaths
        let tallies = worker.tallies
        let control = worker.control
        worker.burst.distribute { mbuf, index in
            let port = Int(ports[index] & 31)
            observer.left(mbuf, by: .sent(port: UInt16(truncatingIfNeeded: port)))
            if buffers[port].room == 0 {
                routes[port].empty(&buffers[port], tallies, control)
            }
            return buffers + port
        }
    }

    /// The same, where some packets leave in parts: in the place of the whole, so that the order does not depend on
    /// which frames came in together.
    @inline(never)
    private static func transmitParts<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let tooLong = worker.tooLong
        let isIPv6 = worker.isIPv6
        worker.hasTooLong = false
        worker.pendingPorts |= worker.outPorts
        let metadata = worker.metadata
        let nextHops = worker.snapshot.pointee.nextHops
        let interfaces = worker.interfaces
        let local = worker.snapshot.pointee.localInterfaces
        let outlets = Outlets(
            buffers: worker.transmitBuffers, paths: worker.transmitPaths,
            tallies: worker.tallies, control: worker.control)
        let spent = worker.spent
        worker.burst.distribute { mbuf, index in
            let port = Int(metadata.outPorts[index] & 31)
            guard tooLong.contains(index) else {
                observer.left(mbuf, by: .sent(port: UInt16(truncatingIfNeeded: port)))
                return outlets.buffer(port)
            }
            let nextHop = nextHops + Int(truncatingIfNeeded: metadata.nextHops[index])
            // What was cut before has left.
            spent.pointee.removeAll()
            // It may be unknown by now which host this is.
            let mtu = nextHop.pointee.mtu
            let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
            let front = EthernetHeader(frame).map { VLANStack($0).payloadOffset }
            let most = mtu > 0 ? mtu : local.mtu(of: nextHop.pointee.interface)
            let start = front ?? EthernetHeader.byteCount
            func place(_ bytes: Range<Int>, _ header: Int) -> MbufReference? {
                outlets.place(bytes, of: mbuf, behind: header, port)
            }
            func finish(_ part: MbufReference) {
                observer.left(part, by: .sent(port: UInt16(truncatingIfNeeded: port)))
                guard nextHop.pointee.kind.leavesByVLAN else { return }
                interfaces.sent(nextHop.pointee.interface, frames: 1, bytes: part.frameLength)
            }
            let (count, areAll) =
                isIPv6
                ? Fragments.makeIPv6(
                    of: mbuf, from: start, mtu: most,
                    identification: identification(of: mbuf, from: start), place: place,
                    finish: finish)
                : Fragments.make(of: mbuf, from: start, mtu: most, place: place, finish: finish)
            outlets.tallies.add(Tallies.Slot.copied, areAll ? count - 1 : count)
            if !areAll {
                outlets.tallies.drop(mbuf, by: .transmit, because: .poolExhausted)
                observer.left(mbuf, by: .dropped(by: .transmit, because: .poolExhausted))
            }
            return spent
        }
        spent.pointee.removeAll()
    }

    /// One that follows from the message, whose checksum and sequence number differ from one to the next, and is hard to
    /// guess for who does not see it (RFC 7739): a replay gives the same.
    private static func identification(of mbuf: MbufReference, from front: Int) -> UInt32 {
        let message =
            FrameBytes(mbuf.data, count: mbuf.dataLength)
            .dropFirst(front + IPv6Header.byteCount).uint64(at: 0) ?? 0
        return UInt32(truncatingIfNeeded: SplitMix.mix(message) >> 32)
    }

    /// The transmit buffers, and where they are emptied to.
    private struct Outlets {
        let buffers: UnsafeMutablePointer<Burst>
        let paths: UnsafeMutablePointer<TransmitPath>
        let tallies: Tallies
        let control: WorkerControl

        /// The buffer of a port, which has room.
        func buffer(_ port: Int) -> UnsafeMutablePointer<Burst> {
            if buffers[port].room == 0 { paths[port].empty(&buffers[port], tallies, control) }
            return buffers + port
        }

        /// A place for a part of a frame in the buffer of a port; nil where the pool is empty. A replay waits until it is not
        /// any more.
        func place(
            _ bytes: Range<Int>, of mbuf: MbufReference, behind header: Int, _ port: Int
        ) -> MbufReference? {
            while true {
                let part = buffer(port).pointee.append(
                    partOf: mbuf, from: bytes.lowerBound, count: bytes.count, behind: header)
                if let part { return part }
                guard paths[port].waits, control.command != .stop else { return nil }
                paths[port].empty(&buffers[port], tallies, control)
                Idle.yield()
            }
        }
    }
}
