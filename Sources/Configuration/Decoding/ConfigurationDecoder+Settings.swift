// SPDX-License-Identifier: Apache-2.0

/// The parts of the file that stand for themselves.
extension ConfigurationDecoder {
    mutating func decodeWorkers(_ field: Field?) -> Configuration.WorkerSelection {
        typealias Selection = Configuration.WorkerSelection
        guard let field else { return .automatic }
        let expected =
            "auto, a number of workers from 1 to \(Selection.maximumCount), or a list of CPUs"
            + " such as [1, 2]"
        switch field.node.value {
        case .scalar(Selection.automaticWord, _): return .automatic
        case .scalar(let text, _):
            guard let count = Int(decimal: text), (1...Selection.maximumCount).contains(count)
            else { break }
            return .count(count)
        case .sequence(let items):
            guard !items.isEmpty, items.count <= Selection.maximumCount else { break }
            return .cpus(decodeCPUs(items, field.path))
        case .mapping: break
        }
        reportFound(field, expected: expected)
        return .automatic
    }

    private mutating func decodeCPUs(_ items: [YAMLNode], _ path: FieldPath) -> [Int] {
        var indexOfCPU: [Int: Int] = [:]
        var cpus: [Int] = []
        for (index, item) in items.enumerated() {
            let field = Field(node: item, path: path.appending(index))
            guard
                let cpu = integer(
                    field, in: 0...Configuration.WorkerSelection.highestCPU, of: "a CPU number")
            else { continue }
            if let first = indexOfCPU[cpu] {
                report(
                    field,
                    "CPU \(cpu) is worker \(first)'s already; each worker has a CPU of its own")
            } else {
                indexOfCPU[cpu] = index
                cpus.append(cpu)
            }
        }
        return cpus
    }

    mutating func socketPath(_ field: Field) -> String? {
        let most = Configuration.Control.maximumSocketLength
        let expected = "the path of a socket of at most \(most) bytes"
        guard let text = scalar(field, expected: expected) else { return nil }
        guard (1...most).contains(text.utf8.count), !text.utf8.contains(0), !text.hasSuffix("/")
        else {
            reportFound(field, expected: expected)
            return nil
        }
        return text
    }

    mutating func groupName(_ field: Field) -> String? {
        let expected = "the name of a group"
        guard let text = scalar(field, expected: expected) else { return nil }
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") })
        else {
            reportFound(field, expected: expected)
            return nil
        }
        return text
    }
}
