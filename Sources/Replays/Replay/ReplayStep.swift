// SPDX-License-Identifier: Apache-2.0

import ControlAPI
public import FreewayConfiguration
import Service

/// Something that happens in a replay at a virtual time, between two frames.
///
/// Frames up to that time have left before it happens, whatever the number of workers; those that are
/// later find everything as the step left it.
public struct ReplayStep: Sendable {
    /// When a step happens.
    public enum Moment: Sendable, Equatable {
        /// Nanoseconds after the first frame of all inputs. Frames of exactly that time come before.
        case at(UInt64)
        /// After the last frame, and after every other step.
        case end
    }

    public enum Action: Sendable {
        /// Another configuration takes the place of the one in force.
        case reload(Configuration)
        /// A port's link goes up or down.
        case link(port: String, isUp: Bool)
        /// The control socket's reply to `GET path` is among the report's answers.
        case query(path: String)
    }

    public var moment: Moment
    public var action: Action

    public init(_ moment: Moment, _ action: Action) {
        self.moment = moment
        self.action = action
    }

    /// Whether frames behind it may be treated differently.
    var changesTables: Bool {
        if case .query = action { false } else { true }
    }

    /// Why the step cannot happen in a replay of the configuration, and what would be right; nil when
    /// it can. What a reload may not change is judged when the steps before it are known.
    public func problem(in configuration: Configuration) -> String? {
        switch action {
        case .reload: return nil
        case .link(let port, _): return configuration.problem(withPort: port)
        case .query(let path):
            do throws(ControlRefusal) {
                try ForwarderStatus.check(path, routes: configuration.forward == .route)
                return nil
            } catch {
                let problem = error.reply.error
                return problem.message + (problem.remedy.map { "; \($0)" } ?? "")
            }
        }
    }
}

extension ReplayStep.Moment: CustomStringConvertible {
    /// Reads `end`, or a number with a unit: `1500ms`, `2s`, `1.5s`; the units are ns, us, ms, s and
    /// min. Nil for anything else, also for what is no whole number of nanoseconds.
    public init?(_ text: some StringProtocol) {
        if text == "end" {
            self = .end
            return
        }
        let units: [(String, UInt64)] = [
            ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("min", 60_000_000_000),
            ("s", 1_000_000_000),
        ]
        guard let (unit, scale) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        let parts = text.dropLast(unit.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts.isEmpty, let whole = Self.digits(parts[0]) else { return nil }
        var (nanoseconds, isTooLong) = whole.multipliedReportingOverflow(by: scale)
        if parts.count == 2 {
            guard let fraction = Self.digits(parts[1]) else { return nil }
            var divisor: UInt64 = 1
            for _ in parts[1] { divisor *= 10 }
            let (scaled, overflows) = fraction.multipliedReportingOverflow(by: scale)
            guard !overflows, scaled % divisor == 0 else { return nil }
            let (sum, carries) = nanoseconds.addingReportingOverflow(scaled / divisor)
            nanoseconds = sum
            isTooLong = isTooLong || carries
        }
        guard !isTooLong else { return nil }
        self = .at(nanoseconds)
    }

    /// At most 18, so that no arithmetic with them overflows on its own.
    private static func digits(_ text: some StringProtocol) -> UInt64? {
        guard (1...18).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(text)
    }

    /// As it can be read again, in the largest unit that gives a whole number.
    public var description: String {
        guard case .at(let nanoseconds) = self else { return "end" }
        let units: [(String, UInt64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
        for (unit, scale) in units where nanoseconds % scale == 0 {
            return "\(nanoseconds / scale)\(unit)"
        }
        return "\(nanoseconds)ns"
    }
}
