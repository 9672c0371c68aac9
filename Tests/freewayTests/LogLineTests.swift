// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import FreewayConfiguration
import Logging
import Testing

@testable import freeway

/// Lines of the log, as people and programs read them.
@Suite struct LogLineTests {
    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], lost: Int = 0
    ) -> LogLine {
        LogLine(
            time: Timestamp(seconds: 1_763_717_220, nanoseconds: 1), level: .warning,
            message: message, metadata: metadata, source: "Service", lost: lost)
    }

    private func object(_ line: LogLine) throws -> [String: Any] {
        let text = line.rendered(as: .init(format: .json))
        #expect(text.hasSuffix("}\n") && text.filter { $0 == "\n" }.count == 1)
        #expect(text.utf8.count <= LogOutlet.longestLine)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func theMessageComesFirst() {
        #expect(
            line("the control socket is open", ["path": "/run/a b", "group": "wheel"])
                .rendered(as: .init())
                == "2025-11-21T09:27:00.000000001Z warning: the control socket is open group=wheel "
                + "path=\"/run/a b\"\n")
        #expect(
            line("again", lost: 3).rendered(as: .init())
                == "2025-11-21T09:27:00.000000001Z warning: again "
                + "(lost before this line, since nobody read the log: 3)\n")
    }

    @Test func oneObjectALine() throws {
        let object = try object(
            line("port \"wan\"\nis up", ["mtu": "1500", "queues": ["1", "2"]], lost: 3))
        #expect(object["message"] as? String == "port \"wan\"\nis up")
        #expect(object["level"] as? String == "warning")
        #expect(object["time"] as? String == "2025-11-21T09:27:00.000000001Z")
        #expect(object["source"] as? String == "Service")
        #expect(object["lost"] as? Int == 3)
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["mtu"] as? String == "1500")
        #expect(metadata["queues"] as? [String] == ["1", "2"])
    }

    /// A client's path, or a file's text, makes no line of its own, and moves no cursor.
    @Test(arguments: [
        "a\nb", "a\r\nerror: b", "\u{1b}[2J", "\u{202e}a", "\u{2028}", "\u{0}", "\u{85}",
    ])
    func whatComesFromOutsideStaysInItsLine(text: String) throws {
        let lines = line(text, ["path": "\(text)"]).rendered(as: .init())
        #expect(lines.hasSuffix("\n"))
        for scalar in lines.unicodeScalars.dropLast() {
            let isPrintable =
                scalar == " "
                || ![
                    .control, .format, .lineSeparator, .paragraphSeparator,
                ].contains(scalar.properties.generalCategory)
            #expect(isPrintable, "\(scalar.value)")
        }
        #expect(try object(line(text))["message"] as? String == text)
    }

    /// What ``LogOutlet`` sees room for.
    @Test(arguments: ["a", "\u{1}", "é", "\""])
    func noLineIsLongerThanThereIsRoomFor(character: String) throws {
        let long = String(repeating: character, count: 100_000)
        for line in [line(long), line("a", ["path": "\(long)"]), line(long, ["path": "\(long)"])] {
            let text = line.rendered(as: .init())
            #expect(text.utf8.count <= LogOutlet.longestLine && text.hasSuffix("\n"))
            _ = try object(line)
        }
    }

    /// A journal has the time of each line itself.
    @Test func withoutTimesALineBeginsWithItsLevel() throws {
        #expect(line("stopping").rendered(as: .init(time: .none)) == "warning: stopping\n")
        let text = line("stopping").rendered(as: .init(format: .json, time: .none))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["message"] as? String == "stopping" && object?["time"] == nil)
    }
}
