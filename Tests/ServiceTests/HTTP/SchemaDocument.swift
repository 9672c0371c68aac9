// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// As much of JSON Schema as `docs/openapi.yaml` uses. Each property that a schema names must be
/// in the value, required or not: samples are complete.
struct SchemaDocument {
    struct UnknownPath: Error {
        let path: String
    }

    let root: [String: Any]

    func schema(ofReplyTo path: String, method: String = "get") throws -> [String: Any] {
        let keys = ["paths", path, method, "responses", "200", "content", "application/json"]
        guard let schema = value(at: keys + ["schema"]) as? [String: Any] else {
            throw UnknownPath(path: path)
        }
        return schema
    }

    func problems(in value: Any, schema: [String: Any], at place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let keys = reference.dropFirst(2).split(separator: "/").map(String.init)
            guard let target = self.value(at: keys) as? [String: Any] else {
                return ["\(place): \(reference) is missing"]
            }
            return problems(in: value, schema: target, at: place)
        }
        let type = schema["type"] as? String ?? "any"
        guard isA(value, type) else { return ["\(place): not a \(type)"] }
        var problems: [String] = []
        if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
            problems.append("\(place): not one of \(allowed)")
        }
        if let constant = schema["const"] as? Int, value as? Int != constant {
            problems.append("\(place): not \(constant)")
        }
        if let minimum = schema["minimum"] as? Int,
            let number = value as? NSNumber, number.doubleValue < Double(minimum)
        {
            problems.append("\(place): below \(minimum)")
        }
        if schema["format"] as? String == "date-time", let text = value as? String,
            text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z/) == nil
        {
            problems.append("\(place): not a time")
        }
        if let items = schema["items"] as? [String: Any], let elements = value as? [Any] {
            if elements.isEmpty { problems.append("\(place): the sample is empty") }
            problems += elements.flatMap { self.problems(in: $0, schema: items, at: place + "[]") }
        }
        if let object = value as? [String: Any] {
            problems += self.problems(inObject: object, schema: schema, at: place)
        }
        return problems
    }

    private func problems(
        inObject object: [String: Any], schema: [String: Any], at place: String
    ) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var problems = (schema["required"] as? [String] ?? [])
            .filter { properties[$0] == nil }.map { "\(place).\($0): required but not defined" }
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
            guard let value = object[name] else {
                problems.append("\(place).\(name): missing")
                continue
            }
            problems += self.problems(in: value, schema: property, at: "\(place).\(name)")
        }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) where properties[name] == nil {
            if let additional = schema["additionalProperties"] as? [String: Any] {
                problems += self.problems(in: value, schema: additional, at: "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool != true {
                problems.append("\(place).\(name): not in the schema")
            }
        }
        return problems
    }

    private func isA(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": (value as? NSNumber).map(isBoolean) ?? false
        case "integer":
            (value as? NSNumber).map {
                !isBoolean($0) && $0.doubleValue.rounded() == $0.doubleValue
            } ?? false
        case "number": (value as? NSNumber).map { !isBoolean($0) } ?? false
        default: false
        }
    }

    private func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c" || type(of: number as Any) == Bool.self
    }

    private func value(at keys: [String]) -> Any? {
        keys.reduce(root as Any?) { value, key in
            guard let dictionary = value as? [AnyHashable: Any] else { return nil }
            return dictionary[key]
        }
    }
}
