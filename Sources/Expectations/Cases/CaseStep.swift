// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration

/// Something that happens in the course of a case.
public struct CaseStep: Sendable, Equatable {
    public enum Moment: Sendable, Equatable {
        /// Nanoseconds of virtual time since the first frame of all inputs. Frames of exactly that time
        /// come before the step.
        case time(UInt64)
        /// After the last frame.
        case end
    }

    public enum LinkState: String, CaseIterable, Sendable {
        case up, down
    }

    public enum Action: Sendable, Equatable {
        case link(port: String, state: LinkState)
        /// Another configuration takes the place of the one in use; the path is relative to the folder
        /// of the case unless it starts with a slash.
        case reload(path: String)
        /// Asks what the control socket would answer.
        case query(path: String, expect: JSONSubset)
    }

    public var at: Moment
    public var action: Action
    /// Where the case file says so.
    public var origin: Origin

    public init(at: Moment, _ action: Action, origin: Origin = Origin()) {
        self.at = at
        self.action = action
        self.origin = origin
    }
}
