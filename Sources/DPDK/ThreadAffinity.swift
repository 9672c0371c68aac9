// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// The CPUs that a thread may run on.
public enum ThreadAffinity {
    /// Binds a thread of this process to some CPUs. Wraps `sched_setaffinity`.
    /// - Parameters:
    ///   - thread: the kernel's thread id.
    ///   - cpus: below 1,024, the size of `cpu_set_t`.
    /// - Returns: false when the kernel refuses, because the thread has ended, say.
    @discardableResult public static func bind(thread: Int32, to cpus: [Int]) -> Bool {
        var mask = cpu_set_t()
        withUnsafeMutableBytes(of: &mask) { bytes in
            for cpu in cpus where cpu >= 0 && cpu / 8 < bytes.count {
                bytes[cpu / 8] |= 1 << UInt8(cpu % 8)
            }
        }
        return sched_setaffinity(thread, MemoryLayout<cpu_set_t>.size, &mask) == 0
    }
}
