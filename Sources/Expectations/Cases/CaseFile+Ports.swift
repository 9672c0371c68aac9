// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration

extension CaseFile {
    /// Holds the ports that the case names against those of its configuration.
    /// - Throws: all that the configuration lacks, in one error.
    public func checkPorts(_ names: [String]) throws(ConfigurationErrors) {
        var diagnostics: [Diagnostic] = []
        func check(_ port: String, _ field: String, _ origin: Origin) {
            guard !names.contains(port) else { return }
            let hint =
                Spelling.nearest(to: port, among: names).map { "did you mean \"\($0)\"?" }
                ?? "its ports are \(names.joined(separator: ", "))"
            diagnostics.append(
                Diagnostic(
                    path: path, location: origin.location, field: field,
                    message: "the configuration has no port \(port.quoted); \(hint)"))
        }
        for (index, frame) in frames.enumerated() {
            check(frame.port, "frames[\(index)].port", frame.origin)
        }
        for (index, step) in steps.enumerated() {
            guard case .link(let port, _) = step.action else { continue }
            check(port, "steps[\(index)].link.port", step.origin)
        }
        guard diagnostics.isEmpty else { throw ConfigurationErrors(diagnostics) }
    }

    /// What is wrong with the answer to a query; `nil` when nothing is, or the step is none.
    /// - Parameter answer: JSON.
    public func difference(
        _ step: CaseStep, answer: some Sequence<UInt8>
    ) -> Difference? {
        guard case .query(let path, let expect) = step.action else { return nil }
        let fields = expect.differences(from: answer)
        guard !fields.isEmpty else { return nil }
        return Difference(
            .query, fields: fields, place: "\(step.origin.text(in: self.path)): \(path)")
    }
}
