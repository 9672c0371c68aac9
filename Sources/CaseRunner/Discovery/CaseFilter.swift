// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `--filter` lets through: a part of a case's path or title, or a pattern for the whole of either
/// or of the folder's own name. Case does not count.
public struct CaseFilter: Sendable, Equatable {
    private let word: String

    /// - Parameter word: a pattern when it has one of `*?[`.
    public init(_ word: String) {
        self.word = word.lowercased()
    }

    private var isPattern: Bool { word.contains { "*?[".contains($0) } }

    public func matches(name: String, title: String?) -> Bool {
        let name = name.lowercased()
        let own = name.split(separator: "/").last.map(String.init) ?? name
        let texts = [name, own] + (title.map { [$0.lowercased()] } ?? [])
        return texts.contains { isPattern ? fnmatch(word, $0, 0) == 0 : $0.contains(word) }
    }
}
