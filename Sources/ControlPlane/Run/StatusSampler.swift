// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// Takes a sample of the counters each second, for rates, and tells systemd that all is well.
struct StatusSampler: Service {
    let source: ForwarderStatus
    let notifier: SystemdNotifier

    func run() async throws {
        notifier.ready(status: "forwarding")
        let clock = ContinuousClock()
        let interval = min(.seconds(1), notifier.keepAliveInterval ?? .seconds(1))
        await cancelWhenGracefulShutdown {
            var due = clock.now
            // The service group listens for the same signals, but one that comes early, or to a thread
            // that does not block it, only sets the flag. Returning stops the group.
            while !Task.isCancelled, !Interruption.isRequested {
                if clock.now >= due {
                    source.sample()
                    notifier.keepAlive()
                    due = clock.now + interval
                }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
