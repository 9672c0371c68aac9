// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders
import Synchronization

/// The hosts on the interfaces' networks whose MAC addresses the control plane found out, or is about to: a hash table
/// of next hops by interface and address (open addressing). Writer: the control thread; readers: workers, in place.
///
/// An entry says what becomes of packets to the host: it leaves, it waits (its `largestFrame` is 0) or it is dropped. An
/// entry that goes leaves its place to others only once no worker can be at it any more.
public final class NeighbourTable: @unchecked Sendable {
    /// Twice as many places as there are hosts at the most.
    static let placeCount = 1 << 19
    /// Hosts in all.
    public static let capacity = placeCount / 2
    private static let gone: UInt64 = 1

    private let keys: UnsafeMutablePointer<Atomic<UInt64>>
    /// Of IPv6: what a key's word does not say. Written before that word.
    private let addresses: UnsafeMutablePointer<IPAddress>
    let entries: UnsafeMutablePointer<NextHop>
    /// Grows with each entry that lets frames go on that wait.
    private let generationWord: UnsafeMutablePointer<Atomic<UInt64>>
    /// The hosts that the last generations were about.
    private let news: UnsafeMutablePointer<News>
    private static let newsCount: UInt64 = 4_096

    /// A host, a word at a time.
    fileprivate struct News: ~Copyable {
        private let interface = Atomic<UInt64>(0)
        private let high = Atomic<UInt64>(0)
        private let low = Atomic<UInt64>(0)

        func set(_ key: NeighbourKey) {
            interface.store(UInt64(key.interface), ordering: .relaxed)
            high.store(key.address.high, ordering: .relaxed)
            low.store(key.address.low, ordering: .relaxed)
        }

        var key: NeighbourKey {
            NeighbourKey(
                interface: UInt16(truncatingIfNeeded: interface.load(ordering: .relaxed)),
                address: IPAddress(
                    high: high.load(ordering: .relaxed), low: low.load(ordering: .relaxed)))
        }
    }
    private let publication: Publication
    private var count = 0
    /// Places that no worker has been told of any more since the mark.
    private var retired: [(place: Int, mark: QuiescentState.Token)] = []
    /// Places that may be used again.
    private var free: Set<Int> = []

    init(_ publication: Publication) {
        self.publication = publication
        keys = zeroPages(
            of: Atomic<UInt64>.self, count: Self.placeCount, isReachedAtRandom: true)
        addresses = zeroPages(
            of: IPAddress.self, count: Self.placeCount, isReachedAtRandom: true)
        entries = zeroPages(of: NextHop.self, count: Self.placeCount, isReachedAtRandom: true)
        generationWord = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        generationWord.initialize(to: Atomic(0))
        news = zeroPages(of: News.self, count: Int(Self.newsCount))
    }

    deinit {
        freeZeroPages(keys, count: Self.placeCount)
        freeZeroPages(addresses, count: Self.placeCount)
        freeZeroPages(entries, count: Self.placeCount)
        freeZeroPages(news, count: Int(Self.newsCount))
        generationWord.deallocate()
    }

    /// What workers read through: plain pointers, so that no reference is counted.
    struct Reader: @unchecked Sendable {
        fileprivate let keys: UnsafeMutablePointer<Atomic<UInt64>>
        fileprivate let addresses: UnsafeMutablePointer<IPAddress>
        let entries: UnsafeMutablePointer<NextHop>
        fileprivate let generationWord: UnsafeMutablePointer<Atomic<UInt64>>
        fileprivate let news: UnsafeMutablePointer<News>

        var generation: UInt64 { generationWord.pointee.load(ordering: .acquiring) }

        /// The host that a generation was about; nil where that is too long ago.
        func news(of number: UInt64) -> NeighbourKey? {
            let key = news[Int(number % NeighbourTable.newsCount)].key
            atomicMemoryFence(ordering: .acquiring)
            guard generation &- number < NeighbourTable.newsCount else { return nil }
            return key
        }

        /// Asks for what a search for the host reads first.
        @inline(__always) func prefetchPlace(of key: NeighbourKey) {
            UnsafeMutableRawPointer(keys + NeighbourTable.start(key))
                .assumingMemoryBound(to: UInt64.self).prefetch()
        }

        /// The place of a host; nil where there is none.
        @inline(__always) func place(of key: NeighbourKey) -> Int? {
            NeighbourTable.place(of: key, keys, addresses)
        }
    }

    var reader: Reader {
        Reader(
            keys: keys, addresses: addresses, entries: entries, generationWord: generationWord,
            news: news)
    }

    @inline(__always) fileprivate static func start(_ key: NeighbourKey) -> Int {
        Int(truncatingIfNeeded: key.hash) & (placeCount &- 1)
    }

    @inline(__always) fileprivate static func place(
        of key: NeighbourKey, _ keys: UnsafeMutablePointer<Atomic<UInt64>>,
        _ addresses: UnsafeMutablePointer<IPAddress>
    ) -> Int? {
        let wanted = key.word
        var place = start(key)
        for _ in 0..<placeCount {
            let found = keys[place].load(ordering: .acquiring)
            if found == wanted, key.address.isIPv4 || addresses[place] == key.address {
                return place
            }
            if found == 0 { return nil }
            place = (place &+ 1) & (placeCount &- 1)
        }
        return nil
    }

    /// Says what becomes of packets to a host from now on. Control thread.
    /// - Returns: false where there is no room.
    public func put(_ key: NeighbourKey, _ entry: NextHop) -> Bool {
        if let place = Self.place(of: key, keys, addresses) {
            (entries + place).replace(by: entry)
        } else {
            guard count < Self.capacity, let place = emptyPlace(for: key) else { return false }
            (entries + place).initialize(to: entry)
            if !key.address.isIPv4 { addresses[place] = key.address }
            keys[place].store(key.word, ordering: .releasing)
            count += 1
        }
        // What has frames wait is no news to them.
        if entry.largestFrame > 0 || entry.kind.isFailed { announce(key) }
        return true
    }

    /// Forgets a host. Control thread.
    public func remove(_ key: NeighbourKey) {
        guard let place = Self.place(of: key, keys, addresses) else { return }
        // Whoever is at the entry finds that it is to wait, and looks again.
        (entries + place).unresolve()
        keys[place].store(Self.gone, ordering: .releasing)
        retired.append((place, publication.mark()))
        count -= 1
    }

    /// Has workers look at what waits for a host.
    private func announce(_ key: NeighbourKey) {
        let number = generationWord.pointee.load(ordering: .relaxed)
        news[Int(number % Self.newsCount)].set(key)
        generationWord.pointee.store(number &+ 1, ordering: .releasing)
    }

    private func emptyPlace(for key: NeighbourKey) -> Int? {
        let passed = retired.prefix { publication.hasPassed($0.mark) }
        for old in passed { giveBack(old.place) }
        retired.removeFirst(passed.count)
        var place = Self.start(key)
        for _ in 0..<Self.placeCount {
            if keys[place].load(ordering: .relaxed) == 0 || free.remove(place) != nil {
                return place
            }
            place = (place &+ 1) & (Self.placeCount &- 1)
        }
        return nil
    }

    /// No worker is at a place any more. Where nothing is behind it, nobody has to go on behind it either: so places that
    /// were given up do not add up to long ways to find out that a host is not there.
    private func giveBack(_ place: Int) {
        free.insert(place)
        var place = place
        let next = (place &+ 1) & (Self.placeCount &- 1)
        guard keys[next].load(ordering: .relaxed) == 0 else { return }
        while free.remove(place) != nil {
            keys[place].store(0, ordering: .releasing)
            place = (place &- 1) & (Self.placeCount &- 1)
        }
    }
}
