// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FreewayConfiguration
import Logging
import Synchronization

/// What is logged, and how, which a reload may change.
final class LogSettings: Sendable {
    private let stored: Mutex<Configuration.Log>
    private let given: Configuration.Log.Level?

    /// - Parameter level: counts whatever a configuration says.
    init(_ log: Configuration.Log, level: Configuration.Log.Level? = nil) {
        stored = Mutex(log)
        given = level
    }

    var value: Configuration.Log {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }

    /// The least important level that is logged.
    var level: Logger.Level {
        Logger.Level(rawValue: (given ?? value.level).rawValue) ?? .info
    }
}

/// Writes to standard error what is at or above a threshold that all loggers share, unless a logger was
/// given a level of its own.
struct ThresholdLogHandler: LogHandler {
    let settings: LogSettings
    let outlet: LogOutlet
    var metadata = Logger.Metadata()
    private var own: Logger.Level?

    init(settings: LogSettings, outlet: LogOutlet) {
        self.settings = settings
        self.outlet = outlet
    }

    var logLevel: Logger.Level {
        get { own ?? settings.level }
        set { own = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { all["error"] = "\(error)" }
        let log = settings.value
        outlet.write { lost in
            LogLine(
                time: .now, level: event.level, message: "\(event.message)", metadata: all,
                source: event.source, lost: lost
            ).rendered(as: log)
        }
    }
}
