// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Clients that take what a daemon has and give nothing back: others are served meanwhile, and the
/// daemon stays as small as it was.
@Suite(.serialized) struct DaemonClientFaultTests {
    @Test("clients that ask for gigabytes and never read are cut off, and nobody waits for them")
    func neverReading() async throws {
        // A comment makes the reply to GET /v1/config a megabyte long.
        let comment = String(
            repeating: "#" + String(repeating: "x", count: 99) + "\n", count: 10_000)
        try await DaemonProcess.with(BusyConfiguration.null() + comment) { daemon in
            let before = daemon.residentMegabytes
            let request = "GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
            let deaf = try (0..<8).map { _ in try RawClient(daemon.socket, receiveBuffer: 4096) }
            // 1,000 replies each.
            for client in deaf { client.send(String(repeating: request, count: 1000)) }
            var largest = 0
            let areGone: Bool? = try await firstAnswer(within: .seconds(60)) {
                let stats = try await daemon.stats()
                #expect(stats.balanced)
                largest = max(largest, daemon.residentMegabytes)
                return deaf.allSatisfy(\.hasHungUp) ? true : nil
            }
            #expect(areGone == true, "the time for an exchange ends it")
            #expect(largest - before < 150, "from \(before) to \(largest) MB for 8 GB of replies")
        }
    }

    @Test(
        "10,000 idle connections take the places of each other, not of those that ask",
        arguments: [nil, 400])
    func idleConnections(fileLimit: Int?) async throws {
        let count = Self.idleCount
        let wrapper = fileLimit.map { ["prlimit", "--nofile=\($0):\($0)"] } ?? []
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(BusyConfiguration.null(), through: wrapper) { daemon in
                let files = daemon.openFileCount
                let before = daemon.residentMegabytes
                let path = daemon.socket
                let idle = try await onOwnThread {
                    try (0..<count).map { _ in try RawClient(path) }
                }
                // The flood is over; whoever comes now is served.
                let stats = try await FreewayProcess.run(["stats", "--socket", path])
                #expect(stats.code == 0, "\(stats)")
                let mostConnections = min(256, (fileLimit ?? .max / 2) - 256)
                let isBounded: Bool? = await firstAnswer {
                    idle.filter { !$0.isClosed }.count <= mostConnections ? true : nil
                }
                #expect(isBounded == true)
                #expect(daemon.openFileCount <= files + mostConnections + 8)
                #expect(daemon.residentMegabytes - before < 200)
                if count > mostConnections {
                    #expect(idle[0].isClosed, "the oldest goes first")
                    #expect(
                        daemon.process.errors.contains(
                            "clients keep more connections open than there may be"))
                }
                #expect(idle.last?.isClosed == false)
                _ = try await daemon.stats()
            }
        }
    }

    /// As many as this process may open, with some left for itself.
    private static let idleCount: Int = {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 500 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
        return min(10_000, Int(min(limit.rlim_cur, 1 << 20)) - 500)
    }()

    @Test("when the clients have gone, their descriptors and memory have too")
    func afterwards() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            _ = try await daemon.stats()
            let files = daemon.openFileCount
            let path = daemon.socket
            for _ in 0..<3 {
                var clients = try await onOwnThread {
                    try (0..<300).map { _ in try RawClient(path) }
                }
                for client in clients {
                    client.send("GET /v1/stats HTTP/1.1\r\nHost: x\r\n\r\nGET")
                }
                clients = []
                let isFlat: Bool? = await firstAnswer {
                    daemon.openFileCount <= files + 2 ? true : nil
                }
                #expect(isFlat == true, "\(daemon.openFileCount) files, \(files) before")
            }
        }
    }
}

extension DaemonProcess {
    /// MB of memory that it has touched.
    var residentMegabytes: Int {
        let text = try? String(contentsOfFile: "/proc/\(process.pid)/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(getpagesize()) >> 20
    }

    var openFileCount: Int {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.pid)/fd")
        return names?.count ?? 0
    }
}
