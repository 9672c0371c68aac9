// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000000000Z"),
        (1_709_210_096, 123_456_789, "2024-02-29T12:34:56.123456789Z"),
        (951_782_400, 1, "2000-02-29T00:00:00.000000001Z"),
        (4_102_444_799, 999_999_999, "2099-12-31T23:59:59.999999999Z"),
        (-1, 500_000_000, "1969-12-31T23:59:59.500000000Z"),
        (253_402_300_799, 0, "9999-12-31T23:59:59.000000000Z"),
        (-62_167_219_200, 0, "0000-01-01T00:00:00.000000000Z"),
    ])
    func writesAndReads(seconds: Int64, nanoseconds: UInt32, text: String) {
        let time = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.description == text)
        #expect(Timestamp(text) == time)
    }

    @Test(arguments: [("2024-02-29T12:34:56Z", 0), ("2024-02-29T12:34:56.25Z", 250_000_000)])
    func readsFewerDecimals(text: String, nanoseconds: UInt32) {
        #expect(Timestamp(text) == Timestamp(seconds: 1_709_210_096, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "now", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-04-31T00:00:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00",
        "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z",
        "2024-01-01 00:00:00Z", "+024-01-01T00:00:00Z", "2024-01-01T00:00:0é",
    ])
    func refusesOtherTexts(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func daysOfFourCenturiesAreRead() {
        for day in stride(from: Int64(0), to: 146_097 * 86_400, by: 97 * 86_400) {
            let time = Timestamp(seconds: day)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test func knowsDifferences() {
        let early = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        let late = Timestamp(seconds: 12, nanoseconds: 400_000_000)
        #expect(late.seconds(since: early) == 1.5)
        #expect(early.seconds(since: late) == -1.5)
        #expect(early < late)
    }

    @Test func isTextInJSON() throws {
        let data = try ControlJSON.encode([Timestamp(seconds: 0)])
        #expect(String(decoding: data, as: UTF8.self) == "[\"1970-01-01T00:00:00.000000000Z\"]\n")
        #expect(throws: DecodingError.self) {
            try ControlJSON.decode([Timestamp].self, from: Data("[\"today\"]".utf8))
        }
    }
}
