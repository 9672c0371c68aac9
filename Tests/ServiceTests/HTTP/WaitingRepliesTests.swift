// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import Logging
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Service

/// The bound on replies that clients have not read yet.
@Suite struct WaitingRepliesTests {
    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// A connection that is open until it is closed.
    private func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: .init(unixDomainSocketPath: "/s")).wait()
        return channel
    }

    private func reply(_ count: Int, isKept: Bool = false) -> ReplyBytes {
        ReplyBytes(Data(repeating: 0, count: count), isKept: isKept)
    }

    @Test("where one more does not fit, the one that has taken nothing for the longest time goes")
    func slowestGoes() throws {
        let waiting = WaitingReplies(limit: 3_500_000, logger: Self.logger)
        let channels = try (0..<4).map { _ in try connection() }
        for channel in channels.prefix(3) { waiting.begin(reply(1_000_000), on: channel) }
        // The first one takes a part: now the second is the slowest.
        waiting.progress(channels[0])
        waiting.begin(reply(1_000_000), on: channels[3])
        #expect(channels.map(\.isActive) == [true, false, true, true])
    }

    @Test("a reply that has been sent makes room")
    func ended() throws {
        let waiting = WaitingReplies(limit: 2_500_000, logger: Self.logger)
        let channels = try (0..<5).map { _ in try connection() }
        for channel in channels {
            waiting.begin(reply(1_000_000), on: channel)
            waiting.end(channel)
        }
        #expect(channels.allSatisfy { $0.isActive })
    }

    @Test("a copy that many send counts once, and one that is kept anyway not at all")
    func shared() throws {
        let waiting = WaitingReplies(limit: 3_500_000, logger: Self.logger)
        let channels = try (0..<40).map { _ in try connection() }
        let (shared, kept) = (reply(2_000_000), reply(50_000_000, isKept: true))
        for channel in channels.prefix(20) { waiting.begin(shared, on: channel) }
        for channel in channels.suffix(20) { waiting.begin(kept, on: channel) }
        #expect(channels.allSatisfy { $0.isActive })
        // Once it is not kept any more, those hold it who send it: all of them go, to make room.
        kept.letGo()
        let last = try connection()
        waiting.begin(reply(100), on: last)
        #expect(channels.suffix(20).allSatisfy { !$0.isActive })
        #expect(last.isActive)
    }

    @Test("a reply that is larger than the bound by itself is sent all the same")
    func alone() throws {
        let waiting = WaitingReplies(limit: 1_000, logger: Self.logger)
        let channel = try connection()
        waiting.begin(reply(1_000_000), on: channel)
        #expect(channel.isActive)
    }

    @Test("the bodies of requests are bounded in all, each by itself is not, and all come back")
    func uploads() throws {
        let budget = UploadBudget(limit: 100)
        do {
            var first = budget.share()
            try first.hold(60)
            var second = budget.share()
            try second.hold(40)
            let refusal = #expect(throws: ControlRefusal.self) { try second.hold(41) }
            #expect(refusal?.status == 409)
            #expect(refusal?.reply.error.code == "busy")
            // What it has it keeps, and less is never more.
            try second.hold(10)
            #expect(throws: ControlRefusal.self) { try first.hold(61) }
        }
        var alone = budget.share()
        try alone.hold(1_000)
        var other = budget.share()
        #expect(throws: ControlRefusal.self) { try other.hold(1) }
    }

    @Test("a configuration's reply, made piece by piece, is that of the encoder", arguments: 0..<20)
    func configuration(seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        // Characters of one to four bytes, and those that JSON escapes.
        let alphabet = [
            "a", "\"", "\\", "\n", "\t", "/", "é", "€", "😀", "\u{1}", "\u{7f}", "\u{2028}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...200_000, using: &numbers) {
            text += alphabet[Int.random(in: 0..<alphabet.count, using: &numbers)]
        }
        let time = Timestamp(seconds: 1_763_717_220, nanoseconds: 1)
        let whole = try ControlJSON.encode(
            ConfigReply(path: "/etc/\"x\".yaml", yaml: text, loadedAt: time))
        let pieces = try ConfigReply.bytes(
            path: "/etc/\"x\".yaml", yaml: Array(text.utf8), loadedAt: time)
        #expect(pieces.data == whole, "seed \(seed)")
    }
}
