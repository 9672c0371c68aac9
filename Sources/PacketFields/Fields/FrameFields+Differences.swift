// SPDX-License-Identifier: Apache-2.0

extension FrameFields {
    /// The fields that are not the same in another frame, in the order of the wire; those that only one of
    /// the two has are among them.
    package func names(differingFrom other: FrameFields) -> [FieldName] {
        if fields == other.fields {
            return fields.filter { value(of: $0) != other.value(of: $0) }.map(\.name)
        }
        let (mine, others) = (byName, other.byName)
        return FieldDefinition.all.map(\.name).filter { mine[$0] != others[$0] }
    }

    private var byName: [FieldName: [FieldValue]] {
        Dictionary(grouping: fields, by: \.name).mapValues { $0.map { value(of: $0) } }
    }
}
