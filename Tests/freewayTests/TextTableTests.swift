// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import freeway

/// Tables and sentences in lines of a width.
@Suite struct TextTableTests {
    @Test("what has room is as it was, and sentences fold beside their row")
    func prose() {
        var table = TextTable([.text("REASON"), .number("FRAMES"), .prose("")])
        table.addRow(["noRoute", .init(UInt64(1204)), "no route matches the destination"])
        table.addRow(["other", .init(UInt64(7)), "short"])
        #expect(
            table.rendered(.plain) == """
                REASON   FRAMES
                noRoute   1,204  no route matches the destination
                other         7  short

                """)
        #expect(
            table.rendered(TextStyle(width: 40)) == """
                REASON   FRAMES
                noRoute   1,204  no route matches the
                                 destination
                other         7  short

                """)
    }

    @Test("columns without room follow below, each part with what its rows are called")
    func parts() {
        var table = TextTable([
            .text("PORT"), .number("RECEIVED"), .number("TRANSMITTED"), .number("IMISSED"),
            .prose("DEVICE"),
        ])
        table.addRow(["wan", "1", "2", "3", "vdev:net_null0 (net_null)"])
        table.addRow(["lan", "40", "50", "60", "pcap:a,b"])
        #expect(
            table.rendered(TextStyle(width: 40)) == """
                PORT  RECEIVED  TRANSMITTED  IMISSED
                wan          1            2        3
                lan         40           50       60

                PORT  DEVICE
                wan   vdev:net_null0 (net_null)
                lan   pcap:a,b

                """)
    }

    @Test("a name that takes more than half of the width folds too")
    func longName() {
        var table = TextTable([.text("PORT"), .number("N")])
        table.addRow([.init(String(repeating: "x", count: 50)), "1"])
        let lines = table.rendered(TextStyle(width: 40)).split(separator: "\n")
        #expect(lines.map(\.count).max() ?? 0 <= 40)
        #expect(lines.count == 3)
        #expect(lines[1].hasSuffix("  1"))
    }

    @Test("emphasis does not count, and each line has its own")
    func emphasis() {
        var table = TextTable([.text("A"), .prose("B")])
        table.addRow(["a", .init("one two three four five six seven", .bad)])
        let plain = table.rendered(TextStyle(width: 30))
        let coloured = table.rendered(TextStyle(isColoured: true, width: 30))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
        #expect(coloured.matches(of: /\u{1b}\[1;31m[^\u{1b}\n]+\u{1b}\[0m/).count == 2)
    }

    @Test("sentences break between words, long words behind a comma or a slash")
    func folding() {
        #expect(TextFolding.lines("a short one", width: 20) == ["a short one"])
        #expect(TextFolding.lines("", width: 20) == [""])
        #expect(
            TextFolding.lines("one two three four", width: 11, indent: 2)
                == ["one two", "  three", "  four"])
        #expect(
            TextFolding.lines("--lcores 0@0,1@1,2@2,3@3,4@4", width: 12, indent: 2)
                == ["--lcores", "  0@0,1@1,", "  2@2,3@3,", "  4@4"])
        #expect(
            TextFolding.lines(String(repeating: "x", count: 25), width: 10)
                == ["xxxxxxxxxx", "xxxxxxxxxx", "xxxxx"])
    }

    @Test("a picture is never taller than the screen, and leaves the last row to the cursor")
    func picture() {
        let text = (1...10).map { "line \($0)\n" }.joined()
        let whole = Screen.picture(text, rows: 11)
        #expect(whole.contains("line 10\u{1b}[K\n\u{1b}[J"))
        let cut = Screen.picture(text, rows: 5)
        #expect(cut.count { $0 == "\n" } == 4)
        #expect(cut.contains("line 3\u{1b}[K\n… 7 more lines; --json has all\u{1b}[K\n"))
        #expect(Screen.picture(text, rows: 0).count { $0 == "\n" } == 1)
    }
}
