// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// A logical core of DPDK: a thread that EAL made and pinned. Wraps an lcore id.
public struct Lcore: Hashable, Sendable {
    public let index: UInt32

    public init(index: UInt32) { self.index = index }

    /// The NUMA node of the lcore's memory. Wraps `rte_lcore_to_socket_id`.
    public var numaNode: Int32 { Int32(bitPattern: rte_lcore_to_socket_id(index)) }

    /// Runs a function on the lcore until it returns. Wraps `rte_eal_remote_launch`.
    ///
    /// The context is a raw pointer because a Swift closure would be isolated and counted.
    /// - Throws: `DPDKError` when the lcore does not exist, is busy, or is the main one, which no
    ///   thread of EAL serves.
    public func launch(
        _ function: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Int32,
        context: UnsafeMutableRawPointer?
    ) throws(DPDKError) {
        guard rte_lcore_is_enabled(index) == 1 else {
            throw DPDKError(
                code: EINVAL, operation: "launch on lcore \(index), which does not exist",
                logLine: nil)
        }
        guard index != rte_get_main_lcore() else {
            throw DPDKError(
                code: EINVAL, operation: "launch on lcore \(index), which is the main one",
                logLine: nil)
        }
        try check(rte_eal_remote_launch(function, context, index), "launch on lcore \(index)")
    }

    /// Does work on the lcore's own thread, and waits for it: memory that is written for the first time then
    /// lies on that thread's NUMA node. On the calling thread when the lcore cannot be launched. Cold path.
    public func perform<Value>(
        _ work: () throws(DPDKError) -> Value
    ) throws(DPDKError) -> Value {
        var result: Result<Value, DPDKError>?
        run {
            do throws(DPDKError) {
                result = .success(try work())
            } catch {
                result = .failure(error)
            }
        }
        return try result!.get()
    }

    private func run(_ work: () -> Void) {
        withoutActuallyEscaping(work) { work in
            var job = Job(work: work)
            withUnsafeMutablePointer(to: &job) { job in
                do throws(DPDKError) {
                    try launch(
                        { context in
                            context?.assumingMemoryBound(to: Job.self).pointee.work()
                            return 0
                        }, context: UnsafeMutableRawPointer(job))
                    wait()
                } catch {
                    job.pointee.work()
                }
            }
        }
    }

    private struct Job {
        let work: () -> Void
    }

    /// The kernel's id of the calling thread. Wraps `rte_sys_gettid`, which is a system call.
    public static var currentThread: Int32 { rte_sys_gettid() }

    /// Waits until the function on the lcore has returned, and gives its result.
    /// Wraps `rte_eal_wait_lcore`.
    @discardableResult public func wait() -> Int32 { rte_eal_wait_lcore(index) }
}
