// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What is so or is not.
    enum Flag: String, CaseIterable, Sendable {
        case on = "true"
        case off = "false"
    }
}
