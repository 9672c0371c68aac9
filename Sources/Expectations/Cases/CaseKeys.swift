// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// The keys of each mapping of a case file, in the order in which the documentation gives them.
enum CaseKeys {
    enum Root: String, ConfigurationKey {
        case title, config, order, anyMAC, ignore, mask, checksums, `in`, expect, shares, drops,
            nothingElse, frames, steps
    }
    enum Input: String, ConfigurationKey { case port, packet, flows, at }
    enum Expected: String, ConfigurationKey { case port, ports, packet, flows }
    enum Share: String, ConfigurationKey { case of, to, ports, nextHops }
    enum Frame: String, ConfigurationKey { case port, frame, fields }
    enum Step: String, ConfigurationKey { case at, link, reload, query, expect }
    enum Link: String, ConfigurationKey { case port, state }
}
