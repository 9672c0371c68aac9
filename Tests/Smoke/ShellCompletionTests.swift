// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// What the Tab key does in real shells on a terminal: ports and drop reasons come from the configuration that
/// the line names, or from the running forwarder.
@Suite(.enabled(if: TerminalScreen.isPossible, "needs tmux"))
struct ShellCompletionTests {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish

        /// The words that start it without anybody's settings, and with the completion script.
        func words(_ script: String) -> [String] {
            switch self {
            case .bash: ["bash", "--noprofile", "--rcfile", script, "-i"]
            case .zsh: ["zsh", "-f", "-i"]
            case .fish:
                [
                    "fish", "--no-config", "-C",
                    "function fish_prompt; echo '> '; end; source \(script)",
                ]
            }
        }

        /// What is typed first.
        func preparation(_ script: String) -> String? {
            self == .zsh
                ? "autoload -U compinit && compinit -u -D && source \(script) && clear" : nil
        }
    }

    /// Types each line, presses Tab, and compares what stands there then.
    private func complete(
        _ shell: Shell, in folder: ScratchFolder, _ lines: [(typed: String, completed: String)]
    ) async throws {
        let generated = try await FreewayProcess.run(
            ["--generate-completion-script", shell.rawValue])
        let prompt = shell == .bash ? "\nPS1='> '\n" : ""
        let script = try folder.write(
            generated.output + prompt, to: ".completion.\(shell.rawValue)")
        let programs = (FreewayBinary.path as NSString).deletingLastPathComponent
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let screen = try await TerminalScreen(
            shell.words(script), columns: 200, rows: 20,
            environment: [
                "PATH": "\(programs):\(path)", "HOME": folder.path, "PS1": "> ",
                "FREEWAY_SOCKET": "/nosuch",
            ], directory: folder.path)
        do {
            if let line = shell.preparation(script) {
                try await screen.type(line + "\n")
            }
            for (typed, completed) in lines {
                _ = try await firstAnswer {
                    try await screen.lines.last { !$0.isEmpty } == ">" ? true : nil
                }
                try await screen.type(typed)
                try await screen.press("Tab")
                let isThere: Bool? = try await firstAnswer {
                    try await screen.text.contains(completed) ? true : nil
                }
                let text = try await screen.text
                #expect(isThere == true, "\(shell): \(typed): \(text)")
                try await screen.press("C-c")
            }
        } catch {
            try await screen.end()
            throw error
        }
        try await screen.end()
    }

    @Test("from the configuration that the line names", arguments: Shell.allCases)
    func configuration(shell: Shell) async throws {
        guard TerminalScreen.isInstalled(shell.rawValue) else { return }
        let folder = ScratchFolder()
        // Its routes are wrong: whatever else a file has, its ports are there.
        try folder.write(
            """
            version: 1
            forward: route
            ports:
              wan: {device: "vdev:net_null0"}
              uplink-east: {device: "vdev:net_null1"}
            routes: [{to: nowhere}]

            """, to: "net.yaml")
        try folder.write("", to: "in.pcap")
        // What a shell would run must never be offered.
        try folder.write("", to: "inject$(touch ran)")
        try FileManager.default.createDirectory(
            atPath: folder.file("folder"), withIntermediateDirectories: false)
        try await complete(
            shell, in: folder,
            [
                ("freeway replay net.yaml --in upl", "--in uplink-east="),
                ("freeway replay net.yaml --in wan=in", "--in wan=in.pcap"),
                ("freeway replay net.yaml --in wan=fol", "--in wan=folder/"),
                ("freeway explain net.yaml --port upl", "--port uplink-east"),
                (
                    "freeway replay net.yaml --step 1s:link-down=up",
                    "--step 1s:link-down=uplink-east"
                ),
                ("freeway drops badChe", "freeway drops badChecksum"),
            ])
        #expect(!folder.names.contains("ran"))
    }

    @Test("from the running forwarder", arguments: Shell.allCases)
    func forwarder(shell: Shell) async throws {
        guard TerminalScreen.isInstalled(shell.rawValue) else { return }
        // A router drops what net_null gives: frames of zeros, for another's MAC address.
        let yaml = """
            version: 1
            forward: route
            ports:
              only-here: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}

            """
        try await DaemonProcess.with(yaml) { daemon in
            let hasDropped: Bool? = try await firstAnswer {
                try await daemon.stats().ledger.dropped["notForUs"] != nil ? true : nil
            }
            try #require(hasDropped == true)
            try await complete(
                shell, in: ScratchFolder(),
                [
                    (
                        "freeway explain --socket \(daemon.socket) --port on",
                        "--port only-here"
                    ),
                    // Of all that begin so it is the one that was counted.
                    ("freeway drops --socket \(daemon.socket) no", "\(daemon.socket) notForUs"),
                ])
        }
    }
}
