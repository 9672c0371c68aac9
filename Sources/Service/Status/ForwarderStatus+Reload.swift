// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration
import Logging
import PacketHeaders
import Synchronization

extension ForwarderStatus {
    /// What a reload needs beside the forwarder.
    package final class Reloading: Sendable {
        /// The configuration file that the forwarder was started with.
        let path: String
        let logger: Logger
        let notifier: SystemdNotifier
        /// Puts in force what a configuration says of the log.
        let setLog: @Sendable (Configuration.Log) -> Void
        /// Configurations that came in requests, and were refused.
        let refused = SharedOccasionalCount()
        /// How long the file may keep its reader waiting.
        let readingTime = Duration.seconds(10)
        let files = FileReading()
        /// Held while a configuration is decoded.
        let decoding = Mutex(())

        init(
            path: String, logger: Logger, notifier: SystemdNotifier,
            setLog: @escaping @Sendable (Configuration.Log) -> Void
        ) {
            self.path = path
            self.logger = logger
            self.notifier = notifier
            self.setLog = setLog
        }
    }

    /// What messages call a text that came in a request.
    private static let requestPath = "PUT /v1/config"

    /// Puts another configuration in force, on a thread of its own: reading a million routes takes
    /// seconds.
    package func reload(_ source: ConfigurationSource) async throws -> ReloadReply {
        try await OwnThread.run { try self.reloadNow(source, isSignal: false) }
    }

    /// The same for SIGHUP: nobody gets a reply, so that all that is wrong goes into the log.
    func reloadOnSignal() {
        Thread.detachNewThread { _ = try? self.reloadNow(.file, isSignal: true) }
    }

    private func reloadNow(
        _ source: ConfigurationSource, isSignal: Bool
    ) throws -> ReloadReply {
        guard let reloading else {
            throw ControlRefusal(
                status: 409, ErrorReply(code: "busy", message: "a replay reloads by its steps"))
        }
        let clock = ContinuousClock()
        let began = clock.now
        reloading.notifier.reloading(status: "reloading")
        defer { reloading.notifier.ready(status: "forwarding") }
        do throws(ReloadError) {
            var reply = try replace(by: source, reloading)
            reply.seconds = (clock.now - began) / .seconds(1)
            reloading.logger.info("another configuration is in force", metadata: reply.metadata)
            for warning in reply.warnings { reloading.logger.warning("\(warning)") }
            return reply
        } catch {
            reloading.tell(error, isSignal: isSignal)
            throw ControlRefusal(error)
        }
    }

    private func replace(
        by source: ConfigurationSource, _ reloading: Reloading
    ) throws(ReloadError) -> ReloadReply {
        let (path, bytes, configuration) = try Self.read(source, reloading)
        let outcome = try forwarder.reload(configuration, patience: Self.patience)
        let difference = outcome.difference
        let now = clock()
        do {
            try text.replace(path: path, yaml: bytes, loadedAt: now)
        } catch {
            // A text and a time have nothing that JSON cannot hold.
            reloading.logger.error("GET /v1/config still has the old text: \(error)")
        }
        if difference.settings.contains(where: { $0.hasPrefix("log.") }) {
            reloading.setLog(configuration.log)
        }
        var reply = ReloadReply(
            path: path, loadedAt: now, difference,
            portOrder: configuration.ports.map(\.name).filter { difference.ports[$0] != nil },
            warnings: configuration.warnings.map(\.description))
        let withdrawn = outcome.withdrawn
        if withdrawn.count > 0 {
            reply.withdrawn = ReloadReply.Withdrawn(
                count: withdrawn.count, first: withdrawn.first.map(\.description))
        }
        return reply
    }

    private static func read(
        _ source: ConfigurationSource, _ reloading: Reloading
    ) throws(ReloadError) -> (path: String, bytes: [UInt8], Configuration) {
        do throws(ConfigurationErrors) {
            let (path, bytes) =
                switch source {
                case .file:
                    (
                        reloading.path,
                        try reloading.files.contents(
                            of: reloading.path, within: reloading.readingTime)
                    )
                case .text(let bytes): (requestPath, bytes)
                }
            // One text is read at a time: two would count on the same memory.
            return try reloading.decoding.withLock { _ throws(ConfigurationErrors) in
                let memory = AvailableMemory().map { $0.megabytes << 20 }
                return (path, bytes, try Configuration(yaml: bytes, path: path, memory: memory))
            }
        } catch {
            throw .invalid(error)
        }
    }
}

extension ForwarderStatus.Reloading {
    /// Whoever sent a request has the reply with all that is wrong: any number of such requests make a line a minute.
    fileprivate func tell(_ error: ReloadError, isSignal: Bool) {
        let lines = error.description.split(separator: "\n")
        if isSignal {
            for line in lines { logger.error("the configuration in force stays: \(line)") }
        } else if let count = refused.add() {
            logger.warning(
                "requests to put another configuration in force were refused",
                metadata: ["refused": "\(count)", "last": "\(lines.first ?? "")"])
        }
    }
}

extension ControlRefusal {
    fileprivate init(_ error: ReloadError) {
        guard let errors = error.errors else {
            self.init(
                status: 409,
                ErrorReply(
                    code: "busy", message: error.obstacle ?? "", remedy: error.remedy))
            return
        }
        let code =
            switch error {
            case .invalid where errors.kind == .unreadable: "unreadableConfiguration"
            case .invalid: "badConfiguration"
            case .needsRestart, .busy, .held: "needsRestart"
            }
        let count = errors.diagnostics.count + errors.omitted
        self.init(
            status: 422,
            ErrorReply(
                code: code,
                message: "the configuration in force stays: "
                    + (count == 1 ? "the new one has an error" : "the new one has \(count) errors"),
                problems: errors.diagnostics.map(ConfigurationProblem.init),
                omitted: errors.omitted == 0 ? nil : errors.omitted))
    }
}

extension ConfigurationProblem {
    fileprivate init(_ diagnostic: Diagnostic) {
        self.init(
            path: diagnostic.path, line: diagnostic.location?.line,
            column: diagnostic.location?.column,
            field: diagnostic.field.isEmpty ? nil : diagnostic.field, message: diagnostic.message)
    }
}

extension ReloadReply {
    fileprivate init(
        path: String, loadedAt: Timestamp, _ difference: ConfigurationDifference,
        portOrder: [String], warnings: [String]
    ) {
        self.init(
            path: path, loadedAt: loadedAt, seconds: 0, routes: Count(difference.routes),
            neighbours: Count(difference.neighbours), interfaces: Count(difference.interfaces),
            crossConnects: Count(difference.crossConnects), ports: difference.ports,
            portOrder: portOrder, settings: difference.settings, warnings: warnings)
    }

    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["path": "\(path)"]
        for (name, count) in [
            ("routes", routes), ("neighbours", neighbours), ("interfaces", interfaces),
            ("crossConnects", crossConnects),
        ] where count != Count() {
            metadata[name] = "+\(count.added) -\(count.removed) ~\(count.changed)"
        }
        for (port, keys) in ports {
            metadata["ports.\(port)"] = "\(keys.joined(separator: ", "))"
        }
        if let withdrawn { metadata["withdrawn"] = "\(withdrawn.count)" }
        if !settings.isEmpty { metadata["settings"] = "\(settings.joined(separator: ", "))" }
        return metadata
    }
}

extension ReloadReply.Count {
    fileprivate init(_ count: ConfigurationDifference.Count) {
        self.init(added: count.added, removed: count.removed, changed: count.changed)
    }
}
