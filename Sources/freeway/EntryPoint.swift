// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import FreewayConfiguration
import Glibc

/// Where the process starts.
@main
enum EntryPoint {
    /// A verb that waits for nothing runs on the main thread itself, where valgrind can follow it.
    static func main() {
        StandardStreams.secure()
        VerbCheck.refuseUnknownVerb(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try Freeway.parseAsRoot()
            guard command is any AsyncParsableCommand else { return try command.run() }
            Task.detached {
                do {
                    // Read once more: a command must not go from one task to another.
                    let command = try Freeway.parseAsRoot()
                    if var command = command as? any AsyncParsableCommand {
                        try await command.run()
                    }
                    exit(0)
                } catch {
                    end(error)
                }
            }
            dispatchMain()
        } catch {
            end(error)
        }
    }

    /// Ends the process with what the parser has to say: help on standard output, or what is wrong.
    private static func end(_ error: any Error) -> Never {
        let code = Freeway.exitCode(for: error)
        let text = Freeway.fullMessage(for: error)
        if code.isSuccess {
            let whole = CompletionScript.adapted(text)
            if !whole.isEmpty { Terminal.write(whole.hasSuffix("\n") ? whole : whole + "\n") }
        } else if !text.isEmpty {
            Terminal.writeError(text.dropping("Error: "))
        }
        exit(code.rawValue)
    }
}

extension String {
    /// Without the parser's own prefix.
    fileprivate func dropping(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
