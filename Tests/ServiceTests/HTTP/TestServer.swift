// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Logging
import Service
import ServiceLifecycle
import TestSupport

/// Runs a server on a socket of its own while `body` runs, then stops it gracefully.
///
/// - Returns: how long the server took to stop, by a ``FairStopwatch``.
@discardableResult
func withServer(
    source: some ControlSource = SampleSource(), limits: ControlLimits = ControlLimits(),
    _ body: (_ socketPath: String) async throws -> Void
) async throws -> Duration {
    let directory = try TemporaryFolder()
    let path = directory.path + "/s"
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = ControlServer(
        listener: try ControlListener.claim(path: path), source: source, limits: limits,
        logger: logger)
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    async let running: Void = group.run()
    try await ControlClient.patient(path).waitForAnswer()
    let outcome = await Result(catching: { () async throws in try await body(path) })
    let stopwatch = FairStopwatch()
    await group.triggerGracefulShutdown()
    try await running
    let elapsed = stopwatch.elapsed
    try outcome.get()
    return elapsed
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
