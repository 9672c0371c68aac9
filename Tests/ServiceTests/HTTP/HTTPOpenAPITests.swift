// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Foundation
import ProcessSupport
import Testing
import Yams

@testable import Service

/// Holds `docs/openapi.yaml` to the server, both ways.
@Suite struct HTTPOpenAPITests {
    private let document: SchemaDocument

    init() throws {
        let text = try String(
            contentsOfFile: Repository.path("docs/openapi.yaml"), encoding: .utf8)
        document = SchemaDocument(
            root: try #require(try Yams.load(yaml: text) as? [String: Any]))
    }

    @Test func hasTheServersPathsAndNoOther() throws {
        let paths = try #require(document.root["paths"] as? [String: [String: Any]])
        let actions = ControlAction.allCases.map { ($0.path, $0.verb.lowercased()) }
        let reads = ForwarderStatus.queries.map { ($0.path, "get") }
        #expect(SampleSource.queries.map(\.path) == ForwarderStatus.queries.map(\.path))
        let operations = Dictionary(grouping: reads + actions, by: \.0).mapValues {
            Set($0.map(\.1))
        }
        #expect(paths.mapValues { Set($0.keys) } == operations)
        #expect(document.root["openapi"] as? String == "3.1.0")
    }

    @Test func hasTheControlPlanesActivitiesAndNoOther() throws {
        let components = try #require(document.root["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        #expect(
            schemas["Activity"]?["enum"] as? [String]
                == ControlActivity.Kind.allCases.map(\.name))
        #expect(WorkerGaps.thresholdNanoseconds == GapReading.thresholdNanoseconds)
    }

    @Test func everyReplyIsWhatItsSchemaSays() async throws {
        try await withServer { path in
            for query in SampleSource.queries {
                let place = query.path.replacing("{reason}", with: "noRoute")
                    .replacing("{address}", with: "10.1.2.3")
                let reply = try await Command.curl(path, "http://localhost\(place)")
                let schema = try document.schema(ofReplyTo: query.path)
                let problems = document.problems(
                    in: try JSONSerialization.jsonObject(with: Data(reply.output.utf8)),
                    schema: schema, at: query.path)
                #expect(problems == [])
            }
        }
    }

    @Test func everyActionIsAnsweredAsItsSchemaSays() async throws {
        try await withServer { path in
            for action in ControlAction.allCases {
                let method = action.verb
                let body =
                    switch action {
                    case .explain: "{\"port\":\"wan\",\"hex\":\"00\"}"
                    case .changeRoutes: "add 10.0.0.0/8 via 192.0.2.9\n"
                    case .changeNeighbours: "{\"action\":\"flush\"}"
                    case .putConfiguration, .reload: ""
                    }
                let reply = try await Command.curl(
                    path, "-X", method, "-d", body, "http://localhost\(action.path)")
                let schema = try document.schema(
                    ofReplyTo: action.path, method: method.lowercased())
                let problems = document.problems(
                    in: try JSONSerialization.jsonObject(with: Data(reply.output.utf8)),
                    schema: schema, at: action.path)
                #expect(problems == [])
            }
        }
    }

    /// Programs take decisions by codes: each that the server may send is in the document, and no other.
    @Test func hasTheServersErrorCodesAndNoOther() throws {
        let sources = Repository.path("Sources")
        let files = try #require(FileManager.default.enumerator(atPath: sources))
        var text = ""
        for case let file as String in files
        where file.hasSuffix(".swift") {
            text += try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
        }
        let sent = text.matches(of: /\bcode: "([A-Za-z]+)"/).map { String($0.1) }
        #expect(sent.count > 15)
        let components = try #require(document.root["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        func named(_ schema: Any?) throws -> [String] {
            let properties = try #require(
                (schema as? [String: Any])?["properties"] as? [String: Any])
            return try #require((properties["code"] as? [String: Any])?["enum"] as? [String])
        }
        let refusal = schemas["Refusal"]?["properties"] as? [String: Any]
        let documented = try named(schemas["Problem"]) + named(refusal?["error"])
        #expect(Set(sent).subtracting(documented) == [])
        #expect(documented.filter { !text.contains("\"\($0)\"") } == [])
        #expect(documented.count == Set(documented).count)
    }

    @Test func everyErrorIsWhatItsSchemaSays() async throws {
        let source = SampleSource(beforeWorkers: { throw SampleSource.Failure() })
        try await withServer(source: source) { path in
            for arguments in [
                ["/v1/nothing"], ["/v1/drops/noRuote"], ["/v1/stats", "-X", "POST"],
                ["/v1/workers"],
                ["/v1/stats", "-X", "G(T"], ["/v1/routes?limit=0"],
                ["/v1/stats", "-H", "Host:"], ["/v1/routes", "-H", "Content-Encoding: br"],
                ["/v1/routes", "-H", "Expect: a"],
                ["/v1/routes", "-d", "a", "-H", "Transfer-Encoding: br, chunked"],
                ["/v1/stats", "-H", "X: " + String(repeating: "a", count: 20_000)],
            ] {
                let reply = try await Command.run(
                    ["curl", "-sS", "--unix-socket", path, "http://localhost" + arguments[0]]
                        + arguments.dropFirst())
                let problems = document.problems(
                    in: try JSONSerialization.jsonObject(with: Data(reply.output.utf8)),
                    schema: ["$ref": "#/components/schemas/Error"], at: "\(arguments)")
                #expect(problems == [])
            }
        }
    }

    @Test func aRefusedConfigurationIsWhatItsSchemaSays() async throws {
        let problem = ConfigurationProblem(
            path: "a", line: 1, column: 1, field: "ports", message: "missing")
        let source = SampleSource(beforeReload: { _ in
            throw ControlRefusal(
                status: 422,
                ErrorReply(
                    code: "badConfiguration", message: "no", remedy: "yes", problems: [problem],
                    omitted: 1))
        })
        try await withServer(source: source) { path in
            let reply = try await Command.curl(
                path, "-X", "POST", "http://localhost/v1/reload")
            let problems = document.problems(
                in: try JSONSerialization.jsonObject(with: Data(reply.output.utf8)),
                schema: ["$ref": "#/components/schemas/Refusal"], at: "refusal")
            #expect(problems == [])
        }
    }

    /// The judge itself: a missing, an unknown and a mistyped property are each seen.
    @Test func schemaCheckSeesDifferences() throws {
        let schema: [String: Any] = ["$ref": "#/components/schemas/Queue"]
        func problems(_ text: String) throws -> [String] {
            document.problems(
                in: try JSONSerialization.jsonObject(with: Data(text.utf8)), schema: schema,
                at: "")
        }
        #expect(try problems("{\"port\":\"a\",\"queue\":1}") == [])
        #expect(try problems("{\"port\":\"a\"}") == [".queue: missing"])
        #expect(
            try problems("{\"port\":\"a\",\"queue\":1,\"x\":1}") == [".x: not in the schema"])
        #expect(
            try problems("{\"port\":1,\"queue\":1.5}")
                == [".port: not a string", ".queue: not a integer"])
    }
}
