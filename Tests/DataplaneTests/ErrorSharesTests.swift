// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dataplane

/// What live workers may send of messages about errors, all together.
@Suite struct ErrorSharesTests {
    private static let rate = 1_000
    private static let interface: UInt16 = 7

    /// Sends whatever is allowed, each hundredth of a second, and gives back what the time allows.
    /// - Parameter senders: of the workers.
    /// - Returns: what each of them sent in a second.
    private func flood(workers: Int, senders: Set<Int>) -> [Int] {
        let shares = (0..<workers).map { _ in ErrorShares() }
        defer { for share in shares { share.free() } }
        let most = ErrorShares.share(rate: UInt32(Self.rate), workers: workers)
        let dealer = ErrorDealer()
        var sent = [Int](repeating: 0, count: workers)
        for _ in 0..<100 {
            for worker in senders {
                while shares[worker].allows(Self.interface, share: most) {
                    shares[worker].use(Self.interface)
                    sent[worker] += 1
                }
                #expect(shares[worker].allows(Self.interface + 1, share: most))
            }
            dealer.deal(
                shares, [Self.interface, Self.interface + 1], rate: Self.rate, seconds: 0.01)
        }
        return sent
    }

    @Test(
        "a flood to all workers gets a tenth of a second's at once, and the rate; each worker has its part of it"
    )
    func all() {
        for workers in [1, 2, 7, 10] {
            let sent = flood(workers: workers, senders: Set(0..<workers))
            let total = sent.reduce(0, +)
            #expect((Self.rate..<Self.rate + Self.rate / 10 + 1).contains(total), "\(sent)")
            #expect(sent.allSatisfy { $0 >= total / workers / 2 }, "\(sent)")
        }
    }

    @Test("a flood to one worker gets no more, and what the others leave")
    func one() {
        let sent = flood(workers: 4, senders: [2])
        #expect(sent[0] == 0 && sent[1] == 0 && sent[3] == 0)
        #expect((Self.rate - 10...Self.rate + Self.rate / 10).contains(sent[2]), "\(sent)")
    }

    @Test("where the rate is less than the workers are many, each has its turn")
    func turns() {
        let shares = (0..<4).map { _ in ErrorShares() }
        defer { for share in shares { share.free() } }
        let dealer = ErrorDealer()
        for share in shares { for _ in 0..<100 { share.use(Self.interface) } }
        for _ in 0..<40 { dealer.deal(shares, [Self.interface], rate: 100, seconds: 0.01) }
        #expect(shares.map { $0.ahead(Self.interface) } == [90, 90, 90, 90])
    }

    @Test("a rate of a few a second is given back one by one")
    func slow() {
        let shares = [ErrorShares()]
        defer { shares[0].free() }
        let dealer = ErrorDealer()
        for _ in 0..<10 { shares[0].use(Self.interface) }
        for _ in 0..<50 { dealer.deal(shares, [Self.interface], rate: 3, seconds: 0.01) }
        #expect(shares[0].ahead(Self.interface) == 9)
        for _ in 0..<350 { dealer.deal(shares, [Self.interface], rate: 3, seconds: 0.01) }
        #expect(shares[0].ahead(Self.interface) == 0)
        // What is not owed is not saved up.
        for _ in 0..<1_000 { dealer.deal(shares, [Self.interface], rate: 3, seconds: 0.01) }
        shares[0].use(Self.interface)
        dealer.deal(shares, [Self.interface], rate: 3, seconds: 0.01)
        #expect(shares[0].ahead(Self.interface) == 1)
    }
}
