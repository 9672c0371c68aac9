// SPDX-License-Identifier: Apache-2.0

import Forwarding
import Logging
import ServiceLifecycle
import Synchronization

/// What the control loop does by the clock: looks at the ports' links and for signals each 100 ms, takes a sample of the
/// counters each second, for rates, and has systemd told that all is well. Tells systemd when it begins and ends.
struct ControlDuties: Service {
    let control: ControlLoop
    let source: ForwarderStatus
    let notifier: SystemdNotifier
    /// Nil where systemd does not ask.
    let watchdog: SystemdWatchdog?
    let logger: Logger

    func run() async throws {
        notifier.ready(status: "forwarding")
        let (end, ending) = AsyncStream<Void>.makeStream()
        control.every(.milliseconds(100), "look at links") { [source, logger] in
            source.forwarder.lookAtLinks { changes in
                for change in changes { logger.notice("\(change)") }
            }
        }
        source.forwarder.neighbours?.tell = { [logger] in logger.warning("\($0)") }
        control.every(.milliseconds(1), "keep neighbours") { [source] in
            source.forwarder.keepNeighbours()
        }
        let clock = ContinuousClock()
        let dealt = Mutex(clock.now)
        control.every(.milliseconds(10), "deal out messages") { [source] in
            let now = clock.now
            let before = dealt.withLock { time in
                defer { time = now }
                return time
            }
            source.forwarder.dealErrors(seconds: (now - before) / .seconds(1))
        }
        control.every(.seconds(1), "sample counters") { [source] in source.sample() }
        control.every(.milliseconds(100), "look for signals") { [source] in
            // What comes of it is in the log; the counters go on meanwhile.
            if ReloadSignal.take() { source.reloadOnSignal() }
            // The service group listens for the same signals, but one that comes early, or to a thread
            // that does not block it, only sets the flag. Returning stops the group.
            if Interruption.isRequested { ending.finish() }
        }
        if let watchdog {
            control.every(watchdog.lookInterval, "tell systemd") { watchdog.look() }
        }
        await cancelWhenGracefulShutdown { for await _ in end {} }
        control.endDuties()
        notifier.stopping(status: "stopping")
    }
}
