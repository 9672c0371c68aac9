// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Finds the cases below some folders.
///
/// Folders whose names begin with a dot are passed over; a folder that two ways lead to, by symbolic
/// links or because it was named twice, is searched once. A symbolic link to a folder outside of those
/// that are searched may be a case itself; what is below it is another's, such as all of `/`.
///
/// What is meant for a case and would be passed over by its name, or cannot be looked at, is a case that
/// cannot be run: a suite must not pass because part of it did not run.
public struct CaseSearch {
    /// Why there is nothing to run. The text names the folder and the way out.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// 64 when there is no case where cases should be, 66 when a folder cannot be read.
        public let exitCode: Int32
        public let description: String

        public init(_ exitCode: Int32, _ description: String) {
            self.exitCode = exitCode
            self.description = description
        }
    }

    /// Deeper folders are no cases that a person made.
    static let maximumDepth = 32

    private var visited: Set<String> = []
    private var found: [CaseFolder] = []
    /// Where the folders to search really are, each with a slash at its end.
    private let places: [String]
    /// Takes remarks for the user.
    private let note: (String) -> Void

    private init(_ roots: [String], note: @escaping (String) -> Void) {
        places = roots.compactMap(Self.place(of:))
        self.note = note
    }

    /// The cases below the folders: folder by folder, in the order of their paths.
    ///
    /// A folder below them that cannot be read is a case that cannot be run.
    /// - Parameter note: called with what was left out and why, a line for each.
    /// - Throws: `Failure` when one of `roots` cannot be read or has no case.
    public static func cases(
        in roots: [String], note: @escaping (String) -> Void = { _ in }
    ) throws(Failure) -> [CaseFolder] {
        var search = CaseSearch(roots, note: note)
        for root in roots {
            let root = trimmed(root)
            let entries = try search.entries(ofRoot: root)
            let (before, seen) = (search.found.count, search.visited.count)
            search.visit(
                root, name: roots.count == 1 ? "" : root, root: root, depth: 0, entries: entries)
            // Nothing new is fine for a folder that another one on the line contains.
            let isNew = search.visited.count > seen
            guard search.found.count > before || !isNew else {
                throw Failure(64, Self.nothing(in: root, entries))
            }
        }
        return search.found
    }

    private func entries(ofRoot root: String) throws(Failure) -> Entries {
        do throws(Entries.Failure) {
            return try Entries(of: root)
        } catch {
            let isFile = error.code == ENOTDIR
            throw Failure(
                66,
                isFile
                    ? "\(root): not a folder; name the folder of a case, or one that has cases in it"
                    : "\(root): \(error.text)")
        }
    }

    private static func nothing(in root: String, _ entries: Entries) -> String {
        if entries.files.isEmpty, entries.folders.isEmpty, entries.undecodable.isEmpty {
            return "\(root): the folder is empty; a case is a folder with freeway.yaml, "
                + "PORT.in.pcap and PORT.expect.pcap"
        }
        return
            "\(root): no case in it or below; a case is a folder with freeway.yaml (or config: in "
            + "case.yaml), PORT.in.pcap and PORT.expect.pcap"
    }

    private mutating func visit(
        _ path: String, name: String, root: String, depth: Int, entries: Entries
    ) {
        guard visited.insert(entries.identity).inserted else { return }
        // A case that is itself what was searched is called by its own name.
        let ownName = name.isEmpty ? Self.lastComponent(path) : name
        if let folder = CaseFolder(path: path, name: ownName, root: root, entries) {
            found.append(folder)
        } else if entries.files.contains("freeway.yaml"),
            entries.files.contains(where: { CaseFileName($0) == .unknownCapture })
        {
            note(
                "\(path): has freeway.yaml and captures, and is no case: none of them is called PORT.in.pcap "
                    + "or PORT.expect.pcap")
        }
        guard depth < Self.maximumDepth || entries.folders.isEmpty else {
            note("\(path): the folders in it are too deep, and are not searched")
            return
        }
        for folder in entries.undecodable where folder.isFolder {
            found.append(
                CaseFolder(
                    path: "\(path)/\(folder.name)",
                    name: name.isEmpty ? folder.name : "\(name)/\(folder.name)", root: root,
                    failure:
                        "a name that is not UTF-8, so that it cannot be searched; rename the folder"
                ))
        }
        for folder in entries.folders {
            let below = path == "/" ? "/\(folder)" : "\(path)/\(folder)"
            let belowName = name.isEmpty ? folder : "\(name)/\(folder)"
            let leadsOut = entries.links.contains(folder) && !isInside(below)
            do throws(Entries.Failure) {
                let entries = try Entries(of: below)
                if leadsOut {
                    take(below, name: belowName, root: root, entries)
                } else {
                    visit(below, name: belowName, root: root, depth: depth + 1, entries: entries)
                }
            } catch {
                found.append(
                    CaseFolder(path: below, name: belowName, root: root, failure: error.text))
            }
        }
    }

    /// The folder outside to which a link leads, without what is below it.
    private mutating func take(_ path: String, name: String, root: String, _ entries: Entries) {
        guard !visited.contains(entries.identity) else { return }
        if let folder = CaseFolder(path: path, name: name, root: root, entries) {
            visited.insert(entries.identity)
            found.append(folder)
        } else if !entries.folders.isEmpty {
            note(
                "\(path): a link out of \(root), and no case itself: what is below it is not "
                    + "searched; name it on the command line if cases are there")
        }
    }

    /// Whether the folder really is in or below one of those to search.
    private func isInside(_ path: String) -> Bool {
        guard let place = Self.place(of: path) else { return false }
        return places.contains { place.hasPrefix($0) }
    }

    private static func place(of path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let text = String(cString: real)
        return text.hasSuffix("/") ? text : text + "/"
    }

    /// Without slashes at the end.
    private static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    private static func lastComponent(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        guard last == "." || last == "..", let real = realpath(path, nil) else { return last }
        defer { free(real) }
        return String(cString: real).split(separator: "/").last.map(String.init) ?? last
    }
}
