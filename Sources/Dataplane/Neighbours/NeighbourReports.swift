// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders
import Synchronization

/// What a worker tells the control plane of a host.
public struct NeighbourReport: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
        /// A frame waits for its MAC.
        case wanted
        /// A frame left to it, whose MAC has not been confirmed for a while.
        case used
        /// It asked for an address of ours.
        case asked
        /// It answered us.
        case answered
        /// It spoke to others, or to all.
        case spoke
        /// It has an address of ours.
        case conflict
        /// It says that it has an address, which it was asked for; another MAC than the one that is known it does not claim
        /// (RFC 4861, 7.2.5: solicited, without override).
        case confirmed
        /// It says so without having been asked, and does not claim it.
        case mentioned
        /// It asks for routers.
        case solicited
        /// It asks which groups are listened to.
        case queried
    }

    public let kind: Kind
    public let key: NeighbourKey
    /// 0 for `wanted` and `used`.
    public let mac: MACAddress

    @inline(__always) init(
        _ kind: Kind, _ key: NeighbourKey, _ mac: MACAddress = MACAddress(rawValue: 0)
    ) {
        self.kind = kind
        self.key = key
        self.mac = mac
    }
}

/// The reports of one worker: a ring in memory. Writer: the worker; reader: the control thread. A report for which there
/// is no room is lost, which costs no more than that something is found out later.
struct NeighbourReports: @unchecked Sendable {
    static let capacity: UInt64 = 4_096
    private static let headWord = 0
    /// What the control thread writes lies 128 bytes behind: no cache line has two writers.
    private static let tailWord = 16
    private static let firstWord = 32
    /// Of a report.
    private static let wordCount = 4
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        let count = Self.firstWord + Self.wordCount * Int(Self.capacity)
        words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    func free() { words.deallocate() }

    /// - Returns: false where there is no room. Worker's thread.
    @discardableResult func add(_ report: NeighbourReport) -> Bool {
        let head = words[Self.headWord].load(ordering: .relaxed)
        guard head &- words[Self.tailWord].load(ordering: .acquiring) < Self.capacity else {
            return false
        }
        let slot = words + (Self.firstWord + Self.wordCount * Int(head % Self.capacity))
        slot[0].store(UInt64(report.key.interface), ordering: .relaxed)
        slot[1].store(
            report.mac.rawValue | UInt64(report.kind.rawValue) << 56, ordering: .relaxed)
        slot[2].store(report.key.address.high, ordering: .relaxed)
        slot[3].store(report.key.address.low, ordering: .relaxed)
        words[Self.headWord].store(head &+ 1, ordering: .releasing)
        return true
    }

    /// The next one; nil where there is none. Control thread.
    func take() -> NeighbourReport? {
        let tail = words[Self.tailWord].load(ordering: .relaxed)
        guard tail != words[Self.headWord].load(ordering: .acquiring) else { return nil }
        let slot = words + (Self.firstWord + Self.wordCount * Int(tail % Self.capacity))
        let second = slot[1].load(ordering: .relaxed)
        let key = NeighbourKey(
            interface: UInt16(truncatingIfNeeded: slot[0].load(ordering: .relaxed)),
            address: IPAddress(
                high: slot[2].load(ordering: .relaxed), low: slot[3].load(ordering: .relaxed)))
        words[Self.tailWord].store(tail &+ 1, ordering: .releasing)
        return NeighbourReport.Kind(rawValue: UInt8(second >> 56)).map {
            NeighbourReport($0, key, MACAddress(rawValue: second & 0xffff_ffff_ffff))
        }
    }
}
