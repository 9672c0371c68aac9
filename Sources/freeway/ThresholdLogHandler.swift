// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// The least important level that is logged, which a reload may change.
final class LogThreshold: Sendable {
    private let stored: Mutex<Logger.Level>

    init(_ level: Logger.Level) { stored = Mutex(level) }

    var level: Logger.Level {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

/// Writes to standard error what is at or above a threshold that all loggers share, unless a logger was
/// given a level of its own.
struct ThresholdLogHandler: LogHandler {
    private var stream: StreamLogHandler
    private let threshold: LogThreshold
    private let outlet: LogOutlet
    private var own: Logger.Level?

    init(label: String, threshold: LogThreshold, outlet: LogOutlet) {
        stream = StreamLogHandler.standardError(label: label)
        self.threshold = threshold
        self.outlet = outlet
    }

    var logLevel: Logger.Level {
        get { own ?? threshold.level }
        set { own = newValue }
    }

    var metadata: Logger.Metadata {
        get { stream.metadata }
        set { stream.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { stream[metadataKey: key] }
        set { stream[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        outlet.write { missing in
            var event = event
            var text = "\(event.message)"
            if text.utf8.count > LogOutlet.longestMessage {
                text =
                    String(decoding: text.utf8.prefix(LogOutlet.longestMessage), as: UTF8.self)
                    + "…"
            }
            if missing > 0 {
                text += " (lost before this line, since nobody read the log: \(missing))"
            }
            event.message = "\(text)"
            stream.log(event: event)
        }
    }
}
