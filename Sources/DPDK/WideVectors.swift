// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// Vectors of 512 bits, for processors that have them.
public enum WideVectors {
    /// Whether the processor has AVX-512F.
    public static var areAvailable: Bool { rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512F) == 1 }

    /// How many addresses ``lookUp(_:in:into:)`` takes at once.
    public static let width = 16

    /// Looks up in a table of 2^24 entries and groups of 256 behind them, which entries name by their highest bit.
    /// Only where vectors are available.
    @inlinable @inline(__always) public static func lookUp(
        _ addresses: UnsafePointer<UInt32>, in entries: UnsafePointer<UInt16>,
        into values: UnsafeMutablePointer<UInt64>
    ) {
        cdpdk_look_up_16(entries, addresses, values)
    }
}
