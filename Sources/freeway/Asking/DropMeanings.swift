// SPDX-License-Identifier: Apache-2.0

import Forwarding

/// What each drop reason means, for tables.
enum DropMeanings {
    static let all = Dictionary(
        uniqueKeysWithValues: DropReasonText.all.map { ($0.name, $0.summary) })
}
