// SPDX-License-Identifier: Apache-2.0

import DPDK
import TestSupport
import Testing

/// Receive-side scaling in software gives what a NIC gives: the vectors of Microsoft's "Verifying the
/// RSS Hash Calculation" (also in Intel's 82599 datasheet, 7.1.2.8.3, and DPDK's test_thash.c).
@Suite struct ToeplitzTests {
    @Test(arguments: ToeplitzVector.microsoft)
    func givenAMicrosoftVectorTheHashIsThePublishedOne(vector: ToeplitzVector) {
        let toeplitz = Toeplitz(key: Toeplitz.standardKey)
        #expect(hash(toeplitz, vector.addresses) == vector.addressesHash)
        #expect(hash(toeplitz, vector.addresses + vector.ports) == vector.flowHash)
    }

    @Test(arguments: ToeplitzVector.microsoft)
    func givenTheSymmetricKeyBothDirectionsHashAlike(vector: ToeplitzVector) {
        let toeplitz = Toeplitz(key: Toeplitz.symmetricKey)
        let there = hash(toeplitz, vector.addresses + vector.ports)
        let back = hash(toeplitz, vector.reversed.addresses + vector.reversed.ports)
        #expect(there == back)
    }

    @Test(arguments: ToeplitzVector.microsoft)
    func givenTheStandardKeyDirectionsHashApart(vector: ToeplitzVector) {
        let toeplitz = Toeplitz()
        let there = hash(toeplitz, vector.addresses + vector.ports)
        let back = hash(toeplitz, vector.reversed.addresses + vector.reversed.ports)
        #expect(there != back)
    }

    @Test func keysHaveTheFortyBytesThatNICsTake() {
        #expect(Toeplitz.standardKey.count == 40)
        #expect(Toeplitz.symmetricKey.count == 40)
        #expect(Toeplitz.symmetricKey.prefix(4) == [0x6d, 0x5a, 0x6d, 0x5a])
    }

    /// What is behind the words that are counted must not matter.
    @Test func wordsBehindTheCountAreNotHashed() {
        let toeplitz = Toeplitz()
        var words: [UInt32] = [0x4209_95bb, 0xa18e_6450, 0xffff_ffff]
        #expect(toeplitz.hash(&words, count: 2) == 0x323e_8fc2)
    }

    private func hash(_ toeplitz: borrowing Toeplitz, _ bytes: [UInt8]) -> UInt32 {
        var words = stride(from: 0, to: bytes.count, by: 4).map {
            bytes[$0..<$0 + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        return toeplitz.hash(&words, count: words.count)
    }
}
