// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Clients that together would take gigabytes: what they get is bounded in all, and within the bill.
@Suite(.serialized) struct DaemonFloodTests {
    /// Comments: 15 MB that only the reply to `GET /v1/config` is made of.
    private static let comment = String(
        repeating: "#" + String(repeating: "x", count: 98) + "\n", count: 157_000)

    @Test("100 clients that each ask for 100 replies of 15 MB and never read: all share one copy")
    func silentReaders() async throws {
        try await DaemonProcess.with(BusyConfiguration.null() + Self.comment) { daemon in
            let before = daemon.residentMegabytes
            let request = "GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
            let silent = try (0..<100).map { _ in try RawClient(daemon.socket) }
            for client in silent { client.send(String(repeating: request, count: 100)) }
            var largest = 0
            let areGone: Bool? = try await firstAnswer(within: .seconds(60)) {
                let stats = try await daemon.stats()
                #expect(stats.balanced)
                largest = max(largest, daemon.residentMegabytes)
                return silent.allSatisfy(\.hasHungUp) ? true : nil
            }
            #expect(areGone == true, "whoever takes no byte for 10 s is disconnected")
            #expect(largest - before < 50, "from \(before) to \(largest) MB")
            // Who reads gets all of it.
            let reply = try #require(
                try await daemon.curl("/v1/config", as: ConfigReply.self).first)
            #expect(reply.yaml == BusyConfiguration.null() + Self.comment)
        }
    }

    @Test(
        "a forwarder in a control group of 200 MB survives them, and ten uploads of 16 MB at once",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"))
    func inAControlGroup() async throws {
        let group = try #require(MemoryGroup(megabytes: 200))
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(
                BusyConfiguration.null() + Self.comment, through: group.wrapper
            ) { daemon in
                let first = try await daemon.stats()
                let request = "GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
                let silent = try (0..<60).map { _ in try RawClient(daemon.socket) }
                for client in silent { client.send(String(repeating: request, count: 100)) }
                let text = Array((BusyConfiguration.null() + Self.comment).utf8)
                let head =
                    "PUT /v1/config HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Length: \(text.count)\r\n\r\n"
                let replies = try await withThrowingTaskGroup(of: String.self) { uploads in
                    for _ in 0..<10 {
                        uploads.addTask {
                            let client = try RawClient(daemon.socket)
                            try await client.sendAll(Array(head.utf8) + text)
                            return try await client.readToEnd()
                        }
                    }
                    return try await uploads.reduce(into: []) { $0.append($1) }
                }
                #expect(replies.count { $0.hasPrefix("HTTP/1.1 200 ") } >= 1, "\(replies)")
                #expect(
                    replies.allSatisfy {
                        $0.hasPrefix("HTTP/1.1 200 ") || $0.hasPrefix("HTTP/1.1 409 ")
                    }, "\(replies)")
                let last = try await daemon.stats()
                #expect(last.balanced && last.startedAt == first.startedAt)
            }
        }
    }
}
