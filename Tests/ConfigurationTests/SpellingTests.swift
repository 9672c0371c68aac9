// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FreewayConfiguration

@Suite struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("mtu", "mut", 1), ("adresses", "addresses", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3), ("é", "e", 1),
    ]) func distance(left: String, right: String, distance: Int) {
        let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        #expect(Spelling.distance(left, right) == distance)
        #expect(Spelling.distance(right, left) == distance)
    }

    @Test(arguments: [
        ("adresses", "addresses"), ("MTU", "mtu"), ("mut", "mtu"), ("a", nil), ("xyzzy", nil),
        ("", nil), ("rout", "route"),
    ]) func nearest(word: String, expected: String?) {
        let words = ["mtu", "addresses", "route", "b"]
        #expect(Spelling.nearest(to: word, among: words) == expected)
    }

    @Test func longWordsCostNothing() {
        let word = String(repeating: "a", count: 1_000_000)
        #expect(Spelling.nearest(to: word, among: [word]) == nil)
    }
}
