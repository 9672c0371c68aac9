// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// The processor's time stamp counter. Any thread.
public enum TimestampCounter {
    /// The counter now. Wraps `rte_rdtsc`.
    @inlinable @inline(__always)
    public static var now: UInt64 { rte_rdtsc() }

    /// Ticks in a second. Wraps `rte_get_tsc_hz`; valid once EAL runs.
    public static var frequency: UInt64 { rte_get_tsc_hz() }
}
