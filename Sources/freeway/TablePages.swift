// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// What comes in pages: each is printed before the next is asked for, so that a million entries take no more
/// memory than a page.
enum TablePages {
    /// The most that a forwarder gives at once.
    static let size = 1_000

    /// - Parameters:
    ///   - page: asks for the page behind a place; gives its entries, and the place behind them if there are more.
    ///   - table: puts a page into lines.
    static func print<Entry: Encodable & Sendable>(
        json: Bool,
        of page: (String?) async throws(ControlClientError) -> (entries: [Entry], next: String?),
        as table: ([Entry]) -> String
    ) async throws {
        var place: String?
        repeat {
            do {
                let (entries, next) = try await page(place)
                if json {
                    Terminal.write(
                        try entries.map {
                            String(decoding: try ControlJSON.encode($0), as: UTF8.self)
                        }.joined())
                } else {
                    Terminal.write(table(entries))
                }
                place = next
            } catch let error as ControlClientError {
                Terminal.writeError("\(error)")
                throw ExitCode(error.exitCode)
            }
        } while place != nil
    }
}
