// SPDX-License-Identifier: Apache-2.0

import DPDK

extension ReplaySchedule {
    /// Where a frame of the schedule comes from.
    public struct Origin: Sendable, Equatable {
        /// DPDK's index.
        public let port: UInt16
        /// The frame's number in that port's capture, from 1; later rounds go on counting.
        public let number: Int
        /// Nanoseconds since 1970.
        public let time: UInt64
    }

    /// The place of a frame in the schedule, from 0; nil where the port has no such frame.
    /// - Parameter number: in that port's capture, from 1; later rounds go on counting.
    public func place(ofFrame number: Int, from port: UInt16) -> Int? {
        let ofPort = runs.reduce(0) { $0 + ($1.port == port ? Int($1.count) : 0) }
        guard number > 0, ofPort > 0, (number - 1) / ofPort < timeline.rounds else { return nil }
        var place = (number - 1) / ofPort * frameCount
        var left = (number - 1) % ofPort
        for run in runs {
            if run.port == port {
                if left < run.count { return place + left }
                left -= Int(run.count)
            }
            place += Int(run.count)
        }
        return nil
    }

    /// The origins of the first `count` frames, in the order of the schedule.
    public func origins(count: Int) -> [Origin] {
        var numbers = [Int](repeating: 0, count: Port.limit)
        var origins: [Origin] = []
        for round in 0..<timeline.rounds {
            let shift = UInt64(round) &* timeline.period
            var place = 0
            for run in runs {
                for _ in 0..<run.count {
                    guard origins.count < count else { return origins }
                    numbers[Int(run.port)] += 1
                    origins.append(
                        Origin(
                            port: run.port, number: numbers[Int(run.port)],
                            time: times[place] &+ shift))
                    place += 1
                }
            }
            if runs.isEmpty { break }
        }
        return origins
    }
}
