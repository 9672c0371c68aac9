// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration
import Synchronization

/// What a shell offers where a port, a drop reason or a step is wanted. The configuration that the command line
/// names is asked, and the running forwarder where it names none; both quickly, and what cannot be read offers
/// nothing and says nothing.
enum LiveCompletion {
    static let port = CompletionKind.custom {
        (words: [String], _: Int, _: String) -> [String] in literal(portNames(words))
    }

    /// `PORT=FILE`. Where one port is left its files follow at once: a shell would put a space behind `wan=`.
    static let portFile = CompletionKind.custom {
        (words: [String], _: Int, prefix: String) -> [String] in
        if let sign = prefix.firstIndex(of: "=") {
            let path = prefix[prefix.index(after: sign)...]
            return literal(files(path).map { "\(prefix[...sign])\($0)" })
        }
        let names = portNames(words).filter { $0.hasPrefix(prefix) }
        let entries = names.count == 1 ? files("") : []
        return literal(
            entries.isEmpty ? names.map { "\($0)=" } : entries.map { "\(names[0])=\($0)" })
    }

    /// `TIME:ACTION=VALUE`, once there is a time.
    static let step = CompletionKind.custom {
        (words: [String], _: Int, prefix: String) -> [String] in
        guard let colon = prefix.firstIndex(of: ":") else { return [] }
        let action = prefix[prefix.index(after: colon)...]
        guard let sign = action.firstIndex(of: "=") else {
            return literal(StepText.Verb.allCases.map { "\(prefix[...colon])\($0.rawValue)=" })
        }
        let values =
            switch StepText.Verb(rawValue: String(action[..<sign])) {
            case .linkDown, .linkUp: portNames(words)
            case .reload: files(action[action.index(after: sign)...])
            case .query, nil: [String]()
            }
        return literal(values.map { "\(prefix[...sign])\($0)" })
    }

    /// The reasons for which the forwarder has dropped a frame; all that there are where none answers.
    static let dropReason = CompletionKind.custom {
        (words: [String], _: Int, _: String) -> [String] in
        let counted = answer(words) { client in
            (try? await client.get(.drops))?.reasons.map(\.reason)
        }
        guard let counted, !counted.isEmpty else { return DropReasonText.all.map(\.name) }
        return literal(counted)
    }

    /// What a shell takes for nothing else than what it is: bash would run `$(…)` in the name of a file.
    private static func literal(_ words: [String]) -> [String] {
        let plain = words.filter { word in
            word.allSatisfy { $0.isLetter || $0.isNumber || "=:/._+,@%-".contains($0) }
        }
        // For zsh a description begins at a colon.
        return CompletionShell.requesting == .zsh
            ? plain.map { $0.replacing(":", with: "\\:") } : plain
    }

    private static func portNames(_ words: [String]) -> [String] {
        for word in words.dropFirst(2) where !word.hasPrefix("-") {
            let names = portNames(ofFile: unquoted(word))
            if !names.isEmpty { return names }
        }
        let names = answer(words) { client in (try? await client.get(.ports))?.ports.map(\.name) }
        return names ?? []
    }

    /// Larger ones take longer to be read than a person waits.
    private static let longestFile = 4 << 20

    /// The names in the order of the file, whatever else is wrong with it; none of what is no configuration.
    static func portNames(ofFile path: String) -> [String] {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let size = attributes?[.size] as? Int, size <= longestFile,
            case .mapping(let entries) = (try? YAMLFile.tree(path: path))?.value
        else { return [] }
        for entry in entries {
            guard case .scalar("ports", _) = entry.key.value,
                case .mapping(let ports) = entry.value.value
            else { continue }
            return ports.compactMap { port in
                guard case .scalar(let name, _) = port.key.value,
                    Configuration.Port.isValidName(name)
                else { return nil }
                return name
            }
        }
        return []
    }

    /// Entries of a folder that begin as the path ends; folders end with a slash.
    private static func files(_ path: Substring) -> [String] {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let start = path.dropFirst(folder.count)
        let place = folder.isEmpty ? "." : String(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.filter {
            $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix("."))
        }.sorted().prefix(1000).map { name in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: "\(place)/\(name)", isDirectory: &isFolder)
            return "\(folder)\(name)\(exists && isFolder.boolValue ? "/" : "")"
        }
    }

    /// Asks the forwarder whose socket the command line or the environment names.
    private static func answer(
        _ words: [String],
        _ ask: @escaping @Sendable (ControlClient) async -> [String]?
    ) -> [String]? {
        var client = ControlClient(socketPath: socket(words))
        client.timeLimit = .milliseconds(500)
        let result = Answer()
        let isThere = DispatchSemaphore(value: 0)
        Task { [client] in
            let names = await ask(client)
            result.names.withLock { $0 = names }
            isThere.signal()
        }
        // Whatever holds the client up, the shell does not wait for it.
        _ = isThere.wait(timeout: .now() + .seconds(1))
        return result.names.withLock { $0 }
    }

    private final class Answer: Sendable {
        let names = Mutex<[String]?>(nil)
    }

    private static func socket(_ words: [String]) -> String {
        let option = "--socket"
        if let index = words.lastIndex(of: option), index + 1 < words.count {
            return unquoted(words[index + 1])
        }
        if let word = words.last(where: { $0.hasPrefix(option + "=") }) {
            return unquoted(String(word.dropFirst(option.count + 1)))
        }
        return Terminal.environment("FREEWAY_SOCKET") ?? ControlClient.defaultSocketPath
    }

    /// Shells hand words over as they are written.
    private static func unquoted(_ word: String) -> String {
        guard word.count >= 2, let quote = word.first, quote == word.last, "'\"".contains(quote)
        else { return word }
        return String(word.dropFirst().dropLast())
    }
}
