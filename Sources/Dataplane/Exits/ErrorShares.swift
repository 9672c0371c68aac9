// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many messages about errors a worker of a live forwarder may still send, for each interface that frames come in by:
/// its share of the interface's total, which the control plane deals out, since a word has one writer.
///
/// What is used grows, and so does what is given back: a worker is ahead by its share at the most. Memory that no interface
/// uses is never touched.
struct ErrorShares: @unchecked Sendable {
    /// Writer: the worker.
    private let used: UnsafeMutablePointer<Atomic<UInt32>>
    /// Writer: the control thread.
    private let returned: UnsafeMutablePointer<Atomic<UInt32>>
    /// What was used of all interfaces. Writer: the worker.
    private let total: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        used = zeroPages(of: Atomic<UInt32>.self, count: InterfaceCounters.capacity)
        returned = zeroPages(of: Atomic<UInt32>.self, count: InterfaceCounters.capacity)
        total = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        total.initialize(to: Atomic(0))
    }

    func free() {
        freeZeroPages(used, count: InterfaceCounters.capacity)
        freeZeroPages(returned, count: InterfaceCounters.capacity)
        total.deallocate()
    }

    /// Whether one more may go out. Worker's thread.
    /// - Parameter share: the most that the worker may be ahead.
    func allows(_ interface: UInt16, share: UInt32) -> Bool { ahead(interface) < share }

    /// One more goes out. Worker's thread.
    func use(_ interface: UInt16) {
        let word = used + Int(interface)
        word.pointee.store(word.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        total.pointee.store(total.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// What was used and not given back.
    func ahead(_ interface: UInt16) -> UInt32 {
        used[Int(interface)].load(ordering: .relaxed)
            &- returned[Int(interface)].load(ordering: .relaxed)
    }

    var totalUsed: UInt64 { total.pointee.load(ordering: .relaxed) }

    /// Gives some back. Control thread.
    func giveBack(_ count: UInt32, of interface: UInt16) {
        let word = returned + Int(interface)
        word.pointee.store(word.pointee.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    /// The most that each of so many workers may be ahead: together what goes out at once, a tenth of a second's.
    static func share(rate: UInt32, workers: Int) -> UInt32 {
        max(1, max(UInt32(ErrorLimits.burst), rate / 10) / UInt32(workers))
    }
}

/// Gives workers back what they used of the messages about errors, as fast as the interfaces' rates allow. Control thread.
final class ErrorDealer {
    /// Of a second's messages: what is left of one, by interface.
    private var remainders: [UInt16: Double] = [:]
    private var seen: [UInt64] = []
    /// Whose turn it is to get some back before others.
    private var first = 0

    /// - Parameters:
    ///   - shares: of the workers; the first that gets some back is another one each time.
    ///   - interfaces: their numbers.
    ///   - rate: messages a second of an interface.
    ///   - seconds: since the last time.
    func deal(
        _ shares: [ErrorShares], _ interfaces: some Sequence<UInt16>, rate: Int, seconds: Double
    ) {
        let totals = shares.map(\.totalUsed)
        // Nothing was used, and nothing is owed.
        if totals == seen, remainders.isEmpty { return }
        seen = totals
        first = (first + 1) % max(1, shares.count)
        var remainders: [UInt16: Double] = [:]
        defer { self.remainders = remainders }
        let added = Double(rate) * seconds
        for interface in interfaces {
            var owed = shares.map { $0.ahead(interface) }
            guard owed.contains(where: { $0 > 0 }) else { continue }
            let budget = (self.remainders[interface] ?? 0) + added
            var count = UInt32(min(budget, Double(UInt32.max)))
            remainders[interface] = budget - Double(count)
            // One after the other, so that none gets all.
            while count > 0, owed.contains(where: { $0 > 0 }) {
                for index in shares.indices where count > 0 {
                    let worker = (first + index) % shares.count
                    if owed[worker] == 0 { continue }
                    let part = min(owed[worker], max(1, count / UInt32(shares.count)))
                    shares[worker].giveBack(part, of: interface)
                    owed[worker] -= part
                    count -= part
                }
            }
        }
    }
}
