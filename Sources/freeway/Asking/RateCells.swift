// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// Rates in a table: two cells, `-` as long as they are not known.
enum RateCells {
    static func cells(_ rates: StatsRates?) -> [TextTable.Cell] {
        [cell(rates?.received.framesPerSecond), cell(rates?.transmitted.framesPerSecond)]
    }

    /// Rates between two samples of one thing; `nil` when a counter went backwards.
    static func rates(
        received: (earlier: Traffic, later: Traffic),
        transmitted: (earlier: Traffic, later: Traffic), seconds: Double
    ) -> StatsRates? {
        guard seconds > 0, let rx = rate(received, seconds), let tx = rate(transmitted, seconds)
        else { return nil }
        return StatsRates(received: rx, transmitted: tx, seconds: seconds)
    }

    private static func rate(
        _ samples: (earlier: Traffic, later: Traffic), _ seconds: Double
    ) -> Rate? {
        let (earlier, later) = samples
        guard later.frames >= earlier.frames, later.bytes >= earlier.bytes else { return nil }
        return Rate(
            frames: later.frames - earlier.frames, bytes: later.bytes - earlier.bytes,
            seconds: seconds)
    }

    private static func cell(_ framesPerSecond: Double?) -> TextTable.Cell {
        .init(framesPerSecond.map(NumberText.grouped) ?? "-")
    }
}
