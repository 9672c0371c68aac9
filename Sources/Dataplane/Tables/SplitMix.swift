// SPDX-License-Identifier: Apache-2.0

/// The mixing of SplitMix64 (Steele, Lea, Flood 2014).
enum SplitMix {
    /// What it moves its state by.
    static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// Its output for a state.
    @inline(__always) static func mix(_ state: UInt64) -> UInt64 { finalise(state &+ step) }

    /// Its finaliser: each input bit reaches each output bit.
    @inline(__always) static func finalise(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
