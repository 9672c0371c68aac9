// SPDX-License-Identifier: Apache-2.0

/// Where the fields of a file stand that a reload cannot change, and those around them.
///
/// All are equal, so that two configurations compare by what they say.
struct FieldPlaces: Sendable, Equatable {
    private var locations: [String: Location] = [:]

    init() {}

    /// Notes each key of the root, of the settings in it and of the ports; not the routes, of which
    /// there may be a million.
    init(_ root: YAMLNode) {
        for (key, value) in Self.entries(root) {
            locations[key] = value.location
            guard key == "ports" || Configuration.settings.contains(where: { $0.section == key })
            else { continue }
            for (inner, value) in Self.entries(value) {
                locations["\(key).\(inner)"] = value.location
                guard key == "ports" else { continue }
                for (field, value) in Self.entries(value) {
                    locations["\(key).\(inner).\(field)"] = value.location
                }
            }
        }
    }

    /// The place of a field, or of the nearest thing around it that the file has.
    subscript(field: String) -> Location? {
        var path = field[...]
        while true {
            if let location = locations[String(path)] { return location }
            guard let dot = path.lastIndex(of: ".") else { return nil }
            path = path[..<dot]
        }
    }

    private static func entries(_ node: YAMLNode) -> [(String, YAMLNode)] {
        guard case .mapping(let entries) = node.value else { return [] }
        return entries.compactMap { entry in
            guard case .scalar(let key, _) = entry.key.value else { return nil }
            return (key, entry.value)
        }
    }

    static func == (left: FieldPlaces, right: FieldPlaces) -> Bool { true }
}
