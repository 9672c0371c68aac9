// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration

/// What must hold of the files that options name for ports.
enum PortFileRules {
    /// - Throws: `ValidationError` when an option names a port twice.
    static func refuseTwice(_ option: String, _ files: [PortFile]) throws {
        var seen: Set<String> = []
        for name in files.map(\.port) where !seen.insert(name).inserted {
            throw ValidationError("\(option) names \(name) twice")
        }
    }

    /// Two ports cannot write one file, and an output must not take the place of an input.
    /// - Parameter written: outputs as the user named them, and where each leads; nil for a device.
    /// - Returns: what each place is used for.
    @discardableResult static func refuseSameFile(
        inputs: [PortFile], written: [(use: String, identity: String?)]
    ) throws -> [String: String] {
        var uses = Dictionary(
            inputs.compactMap { file in file.inputIdentity.map { ($0, "--in \(file)") } },
            uniquingKeysWith: { first, _ in first })
        for (use, identity) in written {
            guard let identity else { continue }
            if let other = uses.updateValue(use, forKey: identity) {
                throw ValidationError("\(use): is the same file as \(other)")
            }
        }
        return uses
    }

    /// What comes through a pipe can be read once, so two options cannot name it.
    /// - Parameter files: options and their values.
    static func refuseSharedPipe(_ files: [(option: String, file: PortFile)]) throws {
        var uses: [String: String] = [:]
        for (option, file) in files {
            guard let stream = file.streamIdentity else { continue }
            if let use = uses.updateValue("\(option) \(file)", forKey: stream) {
                throw ValidationError(
                    "\(option) \(file): is the same pipe as \(use), which can be read once; write it to a file first"
                )
            }
        }
    }

    /// A capture on a terminal helps nobody.
    static func refuseTerminal(_ outputs: [PortFile]) throws {
        for file in outputs where file.isStandardOutput && Terminal.isInteractive {
            throw ValidationError(
                "--out \(file): standard output is a terminal; redirect it, as in | tshark -r -")
        }
    }

    /// Ends with 64, and names the nearest port, when the configuration lacks a port.
    /// - Parameters:
    ///   - what: the option and its value, as the user wrote them.
    ///   - name: what the configuration is called.
    static func requirePort(
        _ port: String, of configuration: Configuration, _ what: String,
        calling name: String = "the configuration"
    ) throws {
        guard let problem = configuration.problem(withPort: port, calling: name)
        else { return }
        Terminal.writeError("\(what): \(problem)")
        throw ExitCode(64)
    }
}
