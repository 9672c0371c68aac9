// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant.
public enum Spelling {
    /// The candidate with the least distance to the word, when that is small for a word of its
    /// length; the first of several. Case does not count.
    public static func nearest(
        to word: some StringProtocol, among candidates: some Sequence<String>
    ) -> String? {
        // Longer words are no misspelling of anything here, and the distance is quadratic.
        guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
        let letters = Array(word.lowercased().unicodeScalars)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            let distance = distance(letters, other)
            guard distance <= max(1, min(letters.count, other.count) / 3) else { continue }
            // A word of one letter is one step from every other.
            guard distance < min(letters.count, other.count) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The Damerau-Levenshtein distance in its restricted form (optimal string alignment): each
    /// insertion, deletion, replacement and swap of neighbours counts 1.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in 0..<left.count {
            var current = [i + 1]
            current.reserveCapacity(right.count + 1)
            for j in 0..<right.count {
                var cost = min(
                    last[j + 1] + 1, current[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
