// SPDX-License-Identifier: Apache-2.0

/// What a worker does in a round, in the order in which a burst goes through it.
public enum RoundPart: Hashable, CaseIterable, Sendable {
    /// Polling the queues or rings, and counting what came in.
    case receive
    /// Software RSS: finding the owners of flows and handing frames to them.
    case handOff
    /// For `transmit` also ending the round.
    case stage(Stage)

    public static let allCases = [receive, handOff] + Stage.allCases.map(stage)

    /// From 0, without gaps.
    @inline(__always) var index: Int {
        switch self {
        case .receive: 0
        case .handOff: 1
        case .stage(let stage): 2 &+ Int(stage.rawValue)
        }
    }

    /// As in JSON.
    public var name: String {
        if case .stage(let stage) = self { "\(stage)" } else { "\(self)" }
    }
}
