// SPDX-License-Identifier: Apache-2.0

import Forwarding
import Logging
import ServiceLifecycle

/// Takes a sample of the counters each second, for rates, and each 100 ms looks at the ports' links and for
/// SIGHUP. Tells systemd when it begins and ends.
struct StatusSampler: Service {
    let source: ForwarderStatus
    let notifier: SystemdNotifier
    let logger: Logger

    func run() async throws {
        notifier.ready(status: "forwarding")
        let clock = ContinuousClock()
        await cancelWhenGracefulShutdown {
            var due = clock.now
            // The service group listens for the same signals, but one that comes early, or to a thread
            // that does not block it, only sets the flag. Returning stops the group.
            while !Task.isCancelled, !Interruption.isRequested {
                if clock.now >= due {
                    source.sample()
                    due = clock.now + .seconds(1)
                }
                for change in await source.observeLinks() { logger.notice("\(change)") }
                // What comes of it is in the log; the counters go on meanwhile.
                if ReloadSignal.take() { Task { await source.reloadOnSignal() } }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        notifier.stopping(status: "stopping")
    }
}
