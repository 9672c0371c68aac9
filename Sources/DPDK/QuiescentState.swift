// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// Quiescent-state based reclamation: tells a writer when no reader can still see what it replaced.
/// Wraps `struct rte_rcu_qsbr`.
///
/// The handle is unowned: `free()` ends it.
@frozen public struct QuiescentState: @unchecked Sendable {
    @usableFromInline let raw: OpaquePointer
    /// DPDK has a line of 64 bytes for each reader; two of them belong to one reader here, since processors fetch lines
    /// in pairs.
    @inlinable static var linesPerReader: Int { 2 }

    /// A point in time that readers have passed or not.
    public struct Token: Sendable { let value: UInt64 }

    /// - Parameter readers: reader indices run from 0 to one less.
    public init(readers: Int, numaNode: Int32? = nil) throws(DPDKError) {
        raw = try check(
            cdpdk_qsbr_create(UInt32(readers * Self.linesPerReader), numaNode ?? cdpdk_any_socket),
            "create the quiescent state of \(readers) workers")
    }

    /// Starts to count a reader. Reader's thread. Wraps `rte_rcu_qsbr_thread_register` and
    /// `rte_rcu_qsbr_thread_online`.
    public func enter(reader: Int) { cdpdk_qsbr_enter(raw, Self.line(reader)) }

    /// Says that the reader holds no reference. Reader's thread. Wraps `rte_rcu_qsbr_quiescent`.
    @inlinable @inline(__always) public func report(reader: Int) {
        cdpdk_qsbr_quiescent(raw, Self.line(reader))
    }

    @inlinable @inline(__always) static func line(_ reader: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: reader &* linesPerReader)
    }

    /// Stops counting the reader. Reader's thread.
    public func leave(reader: Int) { cdpdk_qsbr_leave(raw, Self.line(reader)) }

    /// Marks now. Writer's thread. Wraps `rte_rcu_qsbr_start`.
    public func mark() -> Token { Token(value: cdpdk_qsbr_start(raw)) }

    /// Whether every reader has reported since the mark. Writer's thread. Wraps
    /// `rte_rcu_qsbr_check`.
    public func hasPassed(_ token: Token) -> Bool { cdpdk_qsbr_passed(raw, token.value) }

    public func free() { cdpdk_qsbr_free(raw) }
}
