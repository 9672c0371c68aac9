// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Expectations
import FreewayConfiguration
import Replays

/// A case that has been read, and found fit to be run.
struct CasePlan {
    /// Why a case cannot be run: a line for each reason.
    struct Fault: Error {
        let text: String
        init(_ text: String) { self.text = text }
        init(_ errors: ConfigurationErrors) { text = errors.description }
    }

    let folder: CaseFolder
    let file: CaseFile
    let configuration: Configuration
    let steps: [ReplayStep]

    /// - Parameter needsExpectation: whether a case that expects nothing is at fault: it could not fail.
    init(_ folder: CaseFolder, needsExpectation: Bool) throws(Fault) {
        self.folder = folder
        guard folder.faults.isEmpty else {
            throw Fault(folder.faults.joined(separator: "\n"))
        }
        file = try Self.read(folder)
        configuration = try Self.configuration(file, folder)
        try Self.check(folder, against: configuration)
        do throws(ConfigurationErrors) {
            try file.check(against: configuration)
        } catch {
            throw Fault(error)
        }
        try Self.check(folder, against: file)
        steps = try Self.steps(file, folder)
        guard !folder.inputs.isEmpty || !file.inputs.isEmpty else {
            throw Fault(
                "\(folder.path): nothing comes in; add a capture PORT.in.pcap, with one of the ports "
                    + configuration.ports.map(\.name).joined(separator: ", ")
                    + ", or packets in words (in:) to case.yaml")
        }
        if let first = file.inputs.first, let at = first.at, at > 0, folder.inputs.isEmpty {
            throw Fault(
                "\(file.path)\(first.origin.location.map { ":\($0)" } ?? ""): in[0].at: times count "
                    + "from the first frame, and this is the first; leave \"at\" out")
        }
        guard !needsExpectation || expectsSomething else {
            throw Fault(
                "\(folder.path): expects nothing, so that it cannot fail; add PORT.expect.pcap (an empty "
                    + "capture: nothing leaves), or expect, shares, drops, nothingElse, frames or a query "
                    + "to case.yaml; "
                    + "freeway test --update-all writes what leaves now")
        }
    }

    private var expectsSomething: Bool {
        let asks = file.steps.contains { step in
            if case .query = step.action { true } else { false }
        }
        return !folder.expectations.isEmpty || file.drops != nil || file.nothingElse
            || !file.packets.isEmpty || !file.shares.isEmpty || !file.frames.isEmpty || asks
    }

    /// case.yaml, or what holds without it.
    static func read(_ folder: CaseFolder) throws(Fault) -> CaseFile {
        guard let path = folder.caseFile else {
            return CaseFile(path: folder.file("case.yaml"))
        }
        do throws(ConfigurationErrors) {
            return try CaseFile(path: path, dropReasons: DropReason.allCases.map(\.name))
        } catch {
            throw Fault(error)
        }
    }

    private static func configuration(
        _ file: CaseFile, _ folder: CaseFolder
    ) throws(Fault) -> Configuration {
        let isImplied = file.config == CaseFile.defaultConfig
        guard folder.configuration != nil || !isImplied else {
            throw Fault(
                "\(folder.path): has no freeway.yaml; put the configuration there, or name one with "
                    + "config: in case.yaml")
        }
        return try load(folder.file(file.config))
    }

    private static func load(_ path: String) throws(Fault) -> Configuration {
        do throws(ConfigurationErrors) {
            return try Configuration.load(path: path)
        } catch {
            throw Fault(error)
        }
    }

    /// The captures' names hold ports.
    private static func check(
        _ folder: CaseFolder, against configuration: Configuration
    ) throws(Fault) {
        let faults = (folder.inputs + folder.expectations).compactMap { capture in
            configuration.problem(withPort: capture.port, calling: configuration.path)
                .map { "\(capture.path): \($0)" }
        }
        guard faults.isEmpty else { throw Fault(faults.joined(separator: "\n")) }
    }

    /// A port has its packets in a capture or in words.
    private static func check(
        _ folder: CaseFolder, against file: CaseFile
    ) throws(Fault) {
        let inputs = Set(file.inputs.map(\.port))
        let faults =
            folder.inputs.filter { inputs.contains($0.port) }.map {
                "\($0.path): \(file.path) has packets that \($0.port) receives, too; keep one of them"
            }
            + folder.expectations.filter { file.packets.ports.contains($0.port) }.map {
                "\($0.path): \(file.path) expects packets of \($0.port), too; keep one of them"
            }
        guard faults.isEmpty else { throw Fault(faults.joined(separator: "\n")) }
    }

    private static func steps(_ file: CaseFile, _ folder: CaseFolder) throws(Fault) -> [ReplayStep]
    {
        var steps: [ReplayStep] = []
        for step in file.steps {
            let moment: ReplayStep.Moment =
                switch step.at {
                case .time(let nanoseconds): .at(nanoseconds)
                case .end: .end
                }
            switch step.action {
            case .link(let port, let state):
                steps.append(ReplayStep(moment, .link(port: port, isUp: state == .up)))
            case .reload(let path):
                steps.append(ReplayStep(moment, .reload(try load(folder.file(path)))))
            case .query(let path, _): steps.append(ReplayStep(moment, .query(path: path)))
            }
        }
        return steps
    }
}

extension CaseFolder {
    /// A file that the case names: relative to its folder unless it starts with a slash.
    func file(_ path: String) -> String { path.hasPrefix("/") ? path : "\(self.path)/\(path)" }
}
