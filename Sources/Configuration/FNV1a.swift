// SPDX-License-Identifier: Apache-2.0

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo): what follows from a file is the same in every
/// process and on every machine.
enum FNV1a {
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
