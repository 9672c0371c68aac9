// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// Why a configuration did not take the place of the one in force, which goes on untouched.
enum ReloadError: Error, Sendable, Equatable {
    /// The text cannot be read, or says something that cannot be.
    case invalid(ConfigurationErrors)
    /// It changes what only a restart can change, or asks for more than the forwarder was started with.
    case needsRestart(ConfigurationErrors)
    /// Another reload is under way, or workers still read the tables that the last one replaced.
    case busy

    /// All that is wrong with the configuration; nil when that is not the reason.
    var errors: ConfigurationErrors? {
        switch self {
        case .invalid(let errors), .needsRestart(let errors): errors
        case .busy: nil
        }
    }
}

extension ReloadError: CustomStringConvertible {
    var description: String {
        errors?.description ?? "another reload is under way; try again once it is done"
    }
}
