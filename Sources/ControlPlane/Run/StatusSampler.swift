// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// Takes a sample of the counters each second, for rates, and tells systemd that all is well.
struct StatusSampler: Service {
    let source: ForwarderStatus
    let notifier: SystemdNotifier

    func run() async throws {
        // A signal that came before the service group listened.
        if Interruption.isRequested { return }
        notifier.ready(status: "forwarding")
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    source.sample()
                    notifier.keepAlive()
                    let interval = min(.seconds(1), notifier.keepAliveInterval ?? .seconds(1))
                    try? await Task.sleep(for: interval)
                }
            }
        } onGracefulShutdown: {
        }
    }
}
