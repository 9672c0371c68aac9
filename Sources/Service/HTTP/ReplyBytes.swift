// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
import Synchronization

/// The bytes of a reply's body. Any number of connections send the same copy, each as fast as its client
/// reads.
public final class ReplyBytes: Sendable {
    public let data: Data
    private let kept: Atomic<Bool>

    /// - Parameter isKept: whether the process holds the bytes anyway, until it says that it does not any
    ///   more: then they cost nothing beside.
    public init(_ data: Data, isKept: Bool = false) {
        self.data = data
        kept = Atomic(isKept)
    }

    var isKept: Bool { kept.load(ordering: .relaxed) }

    /// From now on only those hold the bytes who send them.
    func letGo() { kept.store(false, ordering: .relaxed) }
}
