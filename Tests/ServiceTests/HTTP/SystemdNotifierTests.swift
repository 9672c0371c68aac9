// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Service

@Suite struct SystemdNotifierTests {
    /// systemd's end of the protocol.
    private final class Receiver {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)

        init(_ name: String) throws {
            let address = try #require(UnixSocketAddress(name))
            try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        }

        /// The next message: a datagram to a Unix socket is there when `sendto` returns.
        func next() -> String? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }

        deinit { close(descriptor) }
    }

    private func expectMessages(_ name: String) throws {
        let receiver = try Receiver(name)
        let notifier = SystemdNotifier { $0 == "NOTIFY_SOCKET" ? name : nil }
        notifier.ready()
        #expect(receiver.next() == "READY=1")
        notifier.ready(status: "forwarding on 2 ports")
        #expect(receiver.next() == "READY=1\nSTATUS=forwarding on 2 ports")
        notifier.status("two\nlines")
        #expect(receiver.next() == "STATUS=two lines")
        notifier.keepAlive()
        #expect(receiver.next() == "WATCHDOG=1")
        notifier.reloading(status: "again")
        let message = receiver.next()
        #expect(
            message?.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=again/) != nil)
        notifier.stopping()
        #expect(receiver.next() == "STOPPING=1")
        #expect(receiver.next() == nil)
        #expect(notifier.keepAliveInterval == nil)
    }

    @Test func sendsToAPath() throws {
        let directory = try TemporaryFolder()
        try expectMessages(directory.path + "/notify")
    }

    @Test func sendsToAnAbstractName() throws {
        try expectMessages("@freeway-test-\(getpid())-\(UInt64.random(in: .min ... .max))")
    }

    @Test(arguments: [nil, "", "relative", "/nowhere/at/all", String(repeating: "/a", count: 99)])
    func isSilentWithoutAReceiver(name: String?) {
        let notifier = SystemdNotifier { $0 == "NOTIFY_SOCKET" ? name : nil }
        notifier.ready(status: "x")
        notifier.stopping()
    }

    @Test func knowsTheWatchdog() {
        func interval(_ variables: [String: String]) -> Duration? {
            SystemdNotifier { variables[$0] ?? ($0 == "NOTIFY_SOCKET" ? "/nowhere" : nil) }
                .keepAliveInterval
        }
        #expect(interval(["WATCHDOG_USEC": "3000000"]) == .milliseconds(1500))
        #expect(
            interval(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"])
                == .milliseconds(1500))
        #expect(interval(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "3000000", "NOTIFY_SOCKET": ""]) == nil)
    }
}
