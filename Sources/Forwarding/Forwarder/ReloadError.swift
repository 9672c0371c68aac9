// SPDX-License-Identifier: Apache-2.0

package import FreewayConfiguration

/// Why a configuration did not take the place of the one in force, which goes on untouched.
package enum ReloadError: Error, Sendable, Equatable {
    /// The text cannot be read, or says something that cannot be.
    case invalid(ConfigurationErrors)
    /// It changes what only a restart can change, or asks for more than the forwarder was started with.
    case needsRestart(ConfigurationErrors)
    /// Another reload is under way.
    case busy
    /// A worker still reads the tables that the reload before replaced.
    case held

    /// All that is wrong with the configuration; nil when that is not the reason.
    package var errors: ConfigurationErrors? {
        switch self {
        case .invalid(let errors), .needsRestart(let errors): errors
        case .busy, .held: nil
        }
    }
}

extension ReloadError: CustomStringConvertible {
    package var description: String {
        errors?.description ?? "\(obstacle ?? ""); \(remedy)"
    }

    /// What is in the way, when it is not the configuration.
    package var obstacle: String? {
        switch self {
        case .invalid, .needsRestart: nil
        case .busy: "another reload is under way"
        case .held: "a worker still reads the tables that the reload before replaced"
        }
    }

    /// What to do about the obstacle.
    package var remedy: String {
        self == .held
            ? "freeway workers shows whether it is stalled" : "try again once it is done"
    }
}
