// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
public import PacketFields

/// What one frame must say: fields by value, or by a variable that has one value wherever it stands.
public struct FrameExpectation: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case literal(FieldValue)
        /// By name, without the `$`.
        case variable(String)
    }

    public struct Field: Sendable, Equatable {
        public var name: FieldName
        public var value: Value

        public init(_ name: FieldName, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    public var port: String
    /// Among the frames that left the port, from 1.
    public var frame: Int
    /// In the order of the file.
    public var fields: [Field]
    /// Where the case file says so.
    public var origin = Origin()
}

extension [FrameExpectation] {
    /// Holds the frames that left against the expectations, in their order: a variable takes its value
    /// where it occurs first.
    /// - Parameters:
    ///   - got: what left each port, by name.
    ///   - path: the case file, for messages.
    public func differences(got: [String: [CapturedFrame]], path: String) -> [Difference] {
        var variables: [String: Binding] = [:]
        return compactMap { expectation in
            let frames = got[expectation.port] ?? []
            let frame =
                frames.indices.contains(expectation.frame - 1)
                ? FrameFields(frames[expectation.frame - 1].bytes) : nil
            let fields = expectation.fields.compactMap { field in
                fieldDifference(field, frame, expectation, &variables)
            }
            guard !fields.isEmpty else { return nil }
            var difference = Difference(
                .field, port: expectation.port, fields: fields,
                place: expectation.origin.text(in: path))
            difference.gotFrame = expectation.frame
            difference.gotBytes = frame.map { HexBytes($0.bytes) }
            difference.flow = frame.map { FlowName.text($0.bytes) }
            return difference
        }
    }

    /// The value of a variable, and where it got it.
    private typealias Binding = (value: FieldValue, text: String, place: String)

    private func fieldDifference(
        _ field: FrameExpectation.Field, _ frame: FrameFields?,
        _ expectation: FrameExpectation, _ variables: inout [String: Binding]
    ) -> FieldDifference? {
        let definition = field.name.definition
        let found = frame?.field(field.name)
        let value = found.flatMap { frame?.value(of: $0) }
        var expected: (value: FieldValue?, text: String)
        switch field.value {
        case .literal(let literal):
            expected = (literal, literal.text(as: definition))
        case .variable(let name):
            if let binding = variables[name] {
                expected = (
                    binding.value,
                    "\(binding.value.text(as: definition)) ($\(name) is \(binding.place))"
                )
            } else if let value {
                let place =
                    "\(field.name.rawValue) of frame \(expectation.frame) of \(expectation.port)"
                variables[name] = (value, value.text(as: definition), place)
                return nil
            } else {
                expected = (nil, "any value, for $\(name)")
            }
        }
        guard value == nil || value != expected.value else { return nil }
        if case .literal(let literal) = field.value, let value {
            let texts = FieldValue.texts(literal, value, as: definition)
            return FieldDifference(
                name: field.name.rawValue, expected: texts.expected, got: texts.got)
        }
        return FieldDifference(
            name: field.name.rawValue, expected: expected.text,
            got: value?.text(as: definition))
    }
}
