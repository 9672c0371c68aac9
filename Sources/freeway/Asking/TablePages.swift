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
                Terminal.write(
                    json ? try entries.map(ControlJSON.text).joined() : table(entries))
                place = next
            } catch {
                throw CommandFailure.report(error)
            }
        } while place != nil
    }
}
