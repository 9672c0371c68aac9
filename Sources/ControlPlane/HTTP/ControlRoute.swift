// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials

/// What the control socket serves, by `GET` and `HEAD`. The raw value is the path; what is in braces
/// stands for a name.
enum ControlRoute: String, CaseIterable, Sendable {
    case version = "/v1/version"
    case stats = "/v1/stats"
    case ports = "/v1/ports"
    case workers = "/v1/workers"
    case drops = "/v1/drops"
    case dropsOfReason = "/v1/drops/{reason}"
    case config = "/v1/config"
    case plan = "/v1/plan"

    /// The route of a path, and what stands in it for the name in braces; nil where there is none.
    static func named(by path: String) -> (route: ControlRoute, name: String)? {
        if let reason = reason(in: path) {
            let isKnown = DropReasonText.all.contains { $0.name == reason }
            return isKnown ? (.dropsOfReason, reason) : nil
        }
        return ControlRoute(rawValue: path).map { ($0, "") }
    }

    /// What a path has in the place of a drop reason; nil where it has none.
    static func reason(in path: String) -> String? {
        let folder = "/v1/drops/"
        guard path.hasPrefix(folder), path.utf8.count > folder.utf8.count else { return nil }
        return String(path.dropFirst(folder.count))
    }

    /// The body of the reply: JSON, ended by a newline.
    /// - Parameter name: what the path has for the name in braces.
    func body(from source: some ControlSource, name: String) async throws -> ReplyBytes {
        let data: Data
        switch self {
        case .version: data = try ControlJSON.encode(await source.version())
        case .stats: data = try ControlJSON.encode(await source.stats())
        case .ports: data = try ControlJSON.encode(await source.ports())
        case .workers: data = try ControlJSON.encode(await source.workers())
        case .drops: data = try ControlJSON.encode(await source.drops())
        case .dropsOfReason: data = try ControlJSON.encode(await source.drops(of: name))
        case .config: return try await source.configJSON()
        case .plan:
            var plan = try await source.planJSON()
            if plan.last != UInt8(ascii: "\n") { plan.append(UInt8(ascii: "\n")) }
            data = plan
        }
        return ReplyBytes(data)
    }

    /// Every path that takes some method.
    static var allPaths: [String] {
        let reading = allCases.map(\.rawValue)
        return reading + ControlAction.allCases.map(\.path).filter { !reading.contains($0) }
    }

    /// The path, of those that take any method, that is nearest to `path`, if any is near.
    static func nearest(to path: String) -> String? {
        // Longer than any route and its typing errors: not worth the distance's square cost.
        guard path.utf8.count <= 64 else { return nil }
        let distances = allPaths.map { ($0, editDistance(path, $0)) }
        guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= 4 else { return nil }
        return best.0
    }

    /// Levenshtein's distance in bytes.
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let substituted = diagonal + (byte == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
