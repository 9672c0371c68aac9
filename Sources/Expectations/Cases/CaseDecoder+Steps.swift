// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

extension CaseDecoder {
    mutating func steps(_ field: Field) -> [CaseStep] {
        let shape = "a list such as [{at: 1s, link: {port: wan, state: down}}]"
        guard let items = items(field, expected: shape) else { return [] }
        return items.compactMap { decodeStep($0) }
    }

    private mutating func decodeStep(_ item: Field) -> CaseStep? {
        guard let keys = fields(item, CaseKeys.Step.self) else { return nil }
        let moment = required(
            .at, in: keys, hint: "say when, such as 1500ms after the first frame, or end"
        ).flatMap { decodeMoment($0) }
        let action = decodeAction(item, keys)
        guard let moment, let action else { return nil }
        return CaseStep(at: moment, action, origin: Origin(item.node.location))
    }

    private mutating func decodeAction(_ item: Field, _ keys: Fields<CaseKeys.Step>) -> CaseStep
        .Action?
    {
        let given = [CaseKeys.Step.link, .reload, .query].filter { keys[$0] != nil }
        guard given.count == 1, let key = given.first else {
            report(
                item,
                given.isEmpty
                    ? "nothing to do; a step has one of link, reload, query"
                    : "found \(given.map(\.rawValue).joined(separator: " and ")) in one step;"
                        + " make a step of each")
            return nil
        }
        if key != .query, let location = keys.keyLocation(.expect) {
            report(
                location, item.path.appending("expect"),
                "belongs to a query, and this step is a \(key.rawValue)")
        }
        guard let field = keys[key] else { return nil }
        switch key {
        case .link: return decodeLink(field)
        case .reload: return filePath(field).map { .reload(path: $0) }
        default: return decodeQuery(field, keys)
        }
    }

    private mutating func decodeLink(_ field: Field) -> CaseStep.Action? {
        guard let keys = fields(field, CaseKeys.Link.self) else { return nil }
        let port = required(.port, in: keys, hint: "name the port whose link changes")
            .flatMap { scalar($0, expected: "the name of a port") }
        let state: CaseStep.LinkState? = required(
            .state, in: keys, hint: "write \"state: down\" or \"state: up\""
        ).flatMap { choice($0) }
        guard let port, let state else { return nil }
        return .link(port: port, state: state)
    }

    private mutating func decodeQuery(
        _ field: Field, _ keys: Fields<CaseKeys.Step>
    ) -> CaseStep.Action? {
        let expected = "the path of a question to the control socket, such as /v1/stats"
        let path = scalar(field, expected: expected)
        if let path, !path.hasPrefix("/v1/") {
            reportFound(field, expected: expected)
            return nil
        }
        let subset = required(
            .expect, in: keys,
            hint: "say what the answer must hold, such as {ledger: {received: 2}}"
        ).flatMap { decodeSubset($0) }
        guard let path, let subset else { return nil }
        return .query(path: path, expect: subset)
    }

    private mutating func decodeSubset(_ field: Field) -> JSONSubset? {
        switch field.node.value {
        case .scalar(let text, let isPlain): return .scalar(text, isPlain: isPlain)
        case .sequence(let items):
            return .list(
                items.enumerated().compactMap {
                    decodeSubset(Field(node: $1, path: field.path.appending($0)))
                })
        case .mapping(let entries):
            var places: [String: Location] = [:]
            var members: [JSONSubset.Member] = []
            for entry in entries {
                guard let key = keyName(entry.key, in: field.path) else { continue }
                let path = field.path.appending(key.onOneLine)
                if let first = places[key] {
                    reportRepeated(entry.key.location, path, first)
                    continue
                }
                places[key] = entry.key.location
                if let value = decodeSubset(Field(node: entry.value, path: path)) {
                    members.append(JSONSubset.Member(key: key, value: value))
                }
            }
            return .object(members)
        }
    }

    private mutating func decodeMoment(_ field: Field) -> CaseStep.Moment? {
        let expected = "a time such as 1500ms or 2s (ns, us, ms, s, min), or end"
        guard let text = scalar(field, expected: expected) else { return nil }
        if text == "end" { return .end }
        guard let nanoseconds = UInt64(nanosecondsOf: text) else {
            reportFound(field, expected: expected)
            return nil
        }
        return .time(nanoseconds)
    }
}
