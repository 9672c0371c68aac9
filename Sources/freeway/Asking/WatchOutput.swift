// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// Where a query's replies go: one after the other, or, while a person watches, in each other's place.
struct WatchOutput {
    let json: Bool
    let isWatch: Bool

    private var screen = Screen()
    private var last = ""
    private(set) var hasShown = false
    private var isWaiting = false

    init(json: Bool, isWatch: Bool) {
        self.json = json
        self.isWatch = isWatch
    }

    private var isLive: Bool { isWatch && !json && Terminal.isInteractive }

    /// - Parameter table: for people; not asked for where JSON is wanted.
    /// - Throws: `ControlClientError`, when the reply has a number that JSON cannot hold.
    mutating func show(
        _ reply: some Encodable, as table: (TextStyle) -> String
    ) throws(ControlClientError) {
        if json {
            do {
                Terminal.write(try ControlJSON.text(reply))
            } catch {
                throw .badReply(path: "", reason: "it has no form in JSON: \(error)")
            }
        } else {
            last = table(Terminal.style)
            if isLive {
                screen.show(last)
            } else {
                Terminal.write((hasShown ? "\n" : "") + last)
            }
        }
        hasShown = true
        isWaiting = false
    }

    /// Tells, once for each time, that nobody answers; what was shown last stays.
    mutating func wait(because error: ControlClientError) {
        if isLive {
            let style = Terminal.style
            screen.show(
                style.folded("\(error)", .bad) + "waiting for it; Ctrl-C ends this\n\n" + last)
        } else if !isWaiting {
            Terminal.writeError("\(error); waiting for it")
        }
        isWaiting = true
    }
}
