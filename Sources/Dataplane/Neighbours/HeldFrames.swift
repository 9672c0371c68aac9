// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Frames that wait until the MAC of their next hop is known, by the buckets of hosts: what one bucket keeps does not
/// depend on others, nor on the number of workers. Worker's thread; nothing is allocated after `init`.
struct HeldFrames: ~Copyable {
    /// For one host (RFC 1122, 2.3.2.2 asks for one at least).
    static let mostOfHost = 3
    /// Of one bucket: 1,024 in all.
    static let mostOfBucket = 8
    /// Hosts that are asked for at a time, of one bucket.
    static let mostHosts = 128
    /// First requests of one bucket that may go out at once.
    static let requestBurst: UInt64 = 16

    private struct Frame {
        let key: NeighbourKey
        let number: UInt16
    }

    private struct Bucket {
        var frames = 0
        var hosts = 0
        /// When all of `requestBurst` may go out again.
        var full: UInt64 = 0
    }

    private let buckets: UnsafeMutablePointer<Bucket>
    /// `mostOfBucket` for each bucket, the oldest first.
    private let frames: UnsafeMutablePointer<Frame>
    /// `mostHosts` for each bucket: those that are asked for.
    private let hosts: UnsafeMutablePointer<NeighbourKey>
    private var store: FrameStore

    init() {
        let count = FlowBucket.count
        buckets = linesOf([Bucket](repeating: Bucket(), count: count))
        frames = .allocate(capacity: count * Self.mostOfBucket)
        hosts = pages(of: NeighbourKey.self, count: count * Self.mostHosts)
        store = FrameStore(capacity: count * Self.mostOfBucket)
    }

    deinit {
        buckets.deallocate()
        frames.deallocate()
        hosts.deallocate()
    }

    var count: Int { store.count }

    /// Whether anybody is asked for.
    private(set) var hostCount = 0

    func isAskedFor(_ key: NeighbourKey) -> Bool {
        let bucket = key.bucket
        let first = hosts + bucket * Self.mostHosts
        for index in 0..<buckets[bucket].hosts where first[index] == key { return true }
        return false
    }

    /// Whether one more host may be asked for now, which is noted then.
    /// - Parameter rate: first requests a second, of all buckets together.
    mutating func ask(
        for key: NeighbourKey, rate: UInt32, at time: UInt64, ticksPerSecond: UInt64
    ) -> Bool {
        let bucket = buckets + key.bucket
        guard bucket.pointee.hosts < Self.mostHosts, rate > 0 else { return false }
        let interval = ticksPerSecond &* UInt64(FlowBucket.count) / UInt64(rate)
        let full = max(bucket.pointee.full, time)
        guard full &- time <= interval &* (Self.requestBurst - 1) else { return false }
        bucket.pointee.full = full &+ interval
        hosts[key.bucket * Self.mostHosts + bucket.pointee.hosts] = key
        bucket.pointee.hosts += 1
        hostCount += 1
        return true
    }

    /// Keeps the last frame of a burst.
    /// - Parameter displaced: gets the frame that has to go for it, where one has.
    mutating func keep(lastOf burst: inout Burst, for key: NeighbourKey, displaced: inout Burst) {
        let number = key.bucket
        let first = frames + number * Self.mostOfBucket
        let count = buckets[number].frames
        var own = 0
        var oldest = 0
        for index in (0..<count).reversed() where first[index].key == key {
            own += 1
            oldest = index
        }
        if own == Self.mostOfHost {
            remove(oldest, of: number, into: &displaced)
        } else if count == Self.mostOfBucket {
            remove(0, of: number, into: &displaced)
        }
        guard let slot = store.put(lastOf: &burst) else { return }
        (first + buckets[number].frames).initialize(to: Frame(key: key, number: slot))
        buckets[number].frames += 1
    }

    private mutating func remove(_ index: Int, of bucket: Int, into burst: inout Burst) {
        let first = frames + bucket * Self.mostOfBucket
        store.take(first[index].number, into: &burst)
        let left = buckets[bucket].frames - index - 1
        (first + index).update(from: first + index + 1, count: left)
        buckets[bucket].frames -= 1
    }

    /// A host need not be asked for any more.
    /// - Returns: false where it was not.
    mutating func forget(_ key: NeighbourKey) -> Bool {
        let bucket = key.bucket
        let first = hosts + bucket * Self.mostHosts
        for index in 0..<buckets[bucket].hosts where first[index] == key {
            let left = buckets[bucket].hosts - index - 1
            (first + index).update(from: first + index + 1, count: left)
            buckets[bucket].hosts -= 1
            hostCount -= 1
            return true
        }
        return false
    }

    /// A host that is asked for, by a number from 0 to ``mostHosts`` times the buckets; nil for a number that has none.
    func host(_ number: Int) -> NeighbourKey? {
        let (bucket, index) = (number / Self.mostHosts, number % Self.mostHosts)
        guard index < buckets[bucket].hosts else { return nil }
        return hosts[number]
    }

    static var hostNumbers: Range<Int> { 0..<FlowBucket.count * mostHosts }

    /// Moves the frames of a host, the oldest first, to the end of a burst.
    mutating func take(_ key: NeighbourKey, into burst: inout Burst) {
        let bucket = key.bucket
        let first = frames + bucket * Self.mostOfBucket
        var index = 0
        while index < buckets[bucket].frames {
            if first[index].key == key {
                remove(index, of: bucket, into: &burst)
            } else {
                index += 1
            }
        }
    }

    /// Moves some frames to the end of a burst; gives whether there are more.
    mutating func takeAny(into burst: inout Burst) -> Bool {
        for bucket in 0..<FlowBucket.count {
            while buckets[bucket].frames > 0 {
                if burst.room == 0 { return true }
                remove(0, of: bucket, into: &burst)
            }
        }
        return false
    }
}
