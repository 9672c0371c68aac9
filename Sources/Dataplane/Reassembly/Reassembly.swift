// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Parts of datagrams for our own addresses that wait for the others (RFC 791, 3.2; RFC 1812, 4.2.2.8), by the buckets of their
/// addresses: what one bucket keeps does not depend on others, nor on the number of workers. Worker's thread; nothing is
/// allocated after `init`.
///
/// Of our own, since DPDK's (`rte_ip_frag`) takes eight parts at the most and looks for no overlaps.
struct Reassembly: ~Copyable {
    /// Of one bucket: 512 in all.
    static let mostDatagrams = 4
    /// Buffers of one bucket, 6,144 in all: the longest datagram has 45 by an MTU of 1,500.
    static let mostBuffers = 48
    /// How long a datagram may take to be whole (RFC 1122, 3.3.2, has 60 to 120 s; Linux takes 30, as here).
    static let seconds: UInt64 = 30
    /// The same of IPv6 (RFC 8200, 4.5).
    static let secondsOfIPv6: UInt64 = 60

    private struct Datagram: BitwiseCopyable {
        var key = DatagramPart.Key.none
        /// 0 where there is none.
        var parts = 0
        var byteCount = 0
        /// Where its last part ends; 0 while that is not there.
        var end = 0
        /// Of its first part; 0 while that is not there.
        var headerLength = 0
        /// Which of them is the oldest.
        var number: UInt64 = 0
        /// Parts of senders that can be told of congestion: all, or none.
        var ecnCapableParts = 0
        /// Whether one of its parts met congestion.
        var isMarked = false
    }

    private struct Part {
        let datagram: Int
        let bytes: Range<Int>
        let frame: UInt16
        let buffers: Int
    }

    /// What becomes of a part.
    enum Verdict: Equatable {
        /// It waits. A datagram that begins with it is to be given up in time.
        case waits(isFirst: Bool)
        /// The datagram is whole with it.
        case isWhole
        /// The datagram would be whole, but its parts do not come from one sender: some of them can be told of congestion, others
        /// cannot (RFC 3168, 5.3).
        case isMixed
        /// It does not fit into its datagram, or is there already; it is left where it was.
        case isBad
        /// It has other bytes where some are already, or contradicts the datagram's end, or makes it longer than any can be: all
        /// of it is to be dropped (RFC 5722).
        case spoils
        /// There is no room.
        case isRefused
    }

    private let datagrams: UnsafeMutablePointer<Datagram>
    private let parts: UnsafeMutablePointer<Part>
    private let partCounts: UnsafeMutablePointer<Int>
    /// By bucket.
    private let bufferCounts: UnsafeMutablePointer<Int>
    private var store: FrameStore
    private var count: UInt64 = 0
    private var bufferCount = 0
    private let mostOfAll: Int

    /// - Parameter workers: live ones, which share the buffers that the pools have for this: where a card spreads frames, each
    ///   may get parts of any bucket. 1 in a replay.
    init(workers: Int = 1) {
        let buckets = FlowBucket.count
        mostOfAll = max(4 * Self.mostBuffers, buckets * Self.mostBuffers / max(1, workers))
        bufferCounts = linesOf([Int](repeating: 0, count: buckets))
        datagrams = linesOf([Datagram](repeating: Datagram(), count: buckets * Self.mostDatagrams))
        parts = pages(of: Part.self, count: buckets * Self.mostBuffers)
        partCounts = linesOf([Int](repeating: 0, count: buckets))
        store = FrameStore(capacity: buckets * Self.mostBuffers)
    }

    deinit {
        datagrams.deallocate()
        parts.deallocate()
        partCounts.deallocate()
        bufferCounts.deallocate()
    }

    /// Timers, one for each datagram.
    static var timerCount: Int { FlowBucket.count * mostDatagrams }

    /// Parts that wait.
    var frameCount: Int { store.count }

    /// The datagram that a part belongs to, by the number of its timer; nil where none is there.
    func datagram(of part: DatagramPart, in bucket: Int) -> Int? {
        let first = bucket * Self.mostDatagrams
        return (first..<first + Self.mostDatagrams).first {
            datagrams[$0].parts > 0 && datagrams[$0].key == part.key
        }
    }

    /// The datagram that has to go for a part to be kept: the oldest of the bucket's others, or its own where it is alone;
    /// nil where there is room.
    /// - Parameter buffers: that the part is in.
    func displaced(by part: DatagramPart, buffers: Int, in bucket: Int) -> Int? {
        let first = bucket * Self.mostDatagrams
        let all = first..<first + Self.mostDatagrams
        let own = datagram(of: part, in: bucket)
        let hasDatagram = own != nil || all.contains { datagrams[$0].parts == 0 }
        let hasBuffers =
            bufferCounts[bucket] + buffers <= Self.mostBuffers
            && bufferCount + buffers <= mostOfAll
        guard !hasDatagram || !hasBuffers else { return nil }
        var oldest: Int?
        for number in all where datagrams[number].parts > 0 && number != own {
            let isOlder = oldest.map { datagrams[number].number < datagrams[$0].number } ?? true
            if isOlder { oldest = number }
        }
        return oldest ?? own
    }

    /// What speaks against a part, whatever room there is; and the datagram that it belongs to.
    func objection(
        to part: DatagramPart, in bucket: Int
    ) -> (verdict: Verdict, datagram: Int)? {
        guard let number = datagram(of: part, in: bucket) else { return nil }
        return objection(to: part, datagrams[number], number, in: bucket).map { ($0, number) }
    }

    /// Keeps the last frame of a burst, where it belongs to a datagram; there must be room.
    /// - Returns: what became of it, and the datagram.
    mutating func add(
        _ part: DatagramPart, lastOf burst: inout Burst, in bucket: Int
    ) -> (Verdict, datagram: Int) {
        let known = datagram(of: part, in: bucket)
        let first = bucket * Self.mostDatagrams
        guard
            let number = known
                ?? (first..<first + Self.mostDatagrams).first(where: { datagrams[$0].parts == 0 })
        else { return (.isRefused, first) }
        let datagram = datagrams + number
        if known == nil {
            datagram.pointee = Datagram(key: part.key, number: count)
            count &+= 1
        }
        let buffers = burst[burst.count - 1].segmentCount
        guard bufferCounts[bucket] + buffers <= Self.mostBuffers,
            bufferCount + buffers <= mostOfAll, let frame = store.put(lastOf: &burst)
        else { return (.isRefused, number) }
        bufferCounts[bucket] += buffers
        bufferCount += buffers
        if part.bytes.lowerBound == 0 { datagram.pointee.headerLength = part.headerLength }
        (parts + bucket * Self.mostBuffers + partCounts[bucket]).initialize(
            to: Part(datagram: number, bytes: part.bytes, frame: frame, buffers: buffers))
        partCounts[bucket] += 1
        datagram.pointee.parts += 1
        datagram.pointee.byteCount += part.bytes.count
        if part.ecn != 0 { datagram.pointee.ecnCapableParts += 1 }
        if part.ecn == 3 { datagram.pointee.isMarked = true }
        if part.isLast { datagram.pointee.end = part.bytes.upperBound }
        guard datagram.pointee.end > 0, datagram.pointee.byteCount == datagram.pointee.end else {
            return (.waits(isFirst: known == nil), number)
        }
        let capable = datagram.pointee.ecnCapableParts
        return (capable == 0 || capable == datagram.pointee.parts ? .isWhole : .isMixed, number)
    }

    private func objection(
        to part: DatagramPart, _ datagram: Datagram, _ number: Int, in bucket: Int
    ) -> Verdict? {
        let all = parts + bucket * Self.mostBuffers
        var (common, highest) = (0, 0)
        for index in 0..<partCounts[bucket] where all[index].datagram == number {
            common += all[index].bytes.clamped(to: part.bytes).count
            highest = max(highest, all[index].bytes.upperBound)
        }
        let end = part.bytes.upperBound
        let contradicts =
            datagram.end > 0
            ? end > datagram.end || (part.isLast && end != datagram.end)
            : part.isLast && end < highest
        let headerLength =
            part.bytes.lowerBound == 0 ? part.headerLength : datagram.headerLength
        let isTooLong = headerLength + max(end, highest) > Int(UInt16.max)
        if contradicts || isTooLong { return .spoils }
        // All of its bytes are there: it is one that came twice.
        if common == part.bytes.count { return .isBad }
        return common > 0 ? .spoils : nil
    }

    /// Whether something on the way of a datagram's parts says that there was congestion: then all of it says so
    /// (RFC 3168, 5.3).
    func isMarked(_ number: Int) -> Bool { datagrams[number].isMarked }

    /// Moves the parts of a datagram, in the order of their bytes, to the end of a burst, which must have room. Nothing is
    /// known of it afterwards.
    /// - Returns: whether the first of them begins it.
    mutating func take(_ number: Int, into burst: inout Burst) -> Bool {
        let bucket = number / Self.mostDatagrams
        let all = parts + bucket * Self.mostBuffers
        var hasStart = false
        while datagrams[number].parts > 0 {
            var next: Int?
            for index in 0..<partCounts[bucket] where all[index].datagram == number {
                if next.map({ all[index].bytes.lowerBound < all[$0].bytes.lowerBound }) ?? true {
                    next = index
                }
            }
            guard let next else { break }
            if all[next].bytes.lowerBound == 0 { hasStart = true }
            store.take(all[next].frame, into: &burst)
            bufferCounts[bucket] -= all[next].buffers
            bufferCount -= all[next].buffers
            let left = partCounts[bucket] - next - 1
            (all + next).update(from: all + next + 1, count: left)
            partCounts[bucket] -= 1
            datagrams[number].parts -= 1
        }
        return hasStart
    }

    /// Moves the parts of some datagram to the end of a burst; false where there is none.
    mutating func takeAny(into burst: inout Burst) -> Bool {
        guard store.count > 0 else { return false }
        for number in 0..<Self.timerCount where datagrams[number].parts > 0 {
            _ = take(number, into: &burst)
            return true
        }
        return false
    }
}
