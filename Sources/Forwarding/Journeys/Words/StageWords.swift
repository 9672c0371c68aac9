// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane

/// What people are told of a stage: one type for each, in a file of its own beside this one. What a stage
/// notes is unpacked there, and nowhere else.
protocol StageWords {
    /// For a stage that notes nothing: it has let the frame pass when the next begins.
    static func entered(_ story: JourneyStory) -> JourneyStep?
    /// - Parameter story: to leave in it what later stages tell of.
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep?
    /// For a stage whose work shows in the frame that leaves.
    /// - Parameters:
    ///   - frame: as it left.
    ///   - port: DPDK's index of the port that it left by.
    static func sent(_ frame: ToldFrame, by port: UInt16, _ story: JourneyStory) -> JourneyStep?
    /// Whether what the stage told stays in front of the reason when it drops the frame.
    static var areKeptByDrops: Bool { get }
}

extension StageWords {
    static func entered(_ story: JourneyStory) -> JourneyStep? { nil }
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? { nil }
    static func sent(
        _ frame: ToldFrame, by port: UInt16, _ story: JourneyStory
    ) -> JourneyStep? { nil }
    static var areKeptByDrops: Bool { false }
}

extension Stage {
    var words: any StageWords.Type {
        switch self {
        case .admit: AdmitWords.self
        case .crossConnect: CrossConnectWords.self
        case .assignVRF: VRFWords.self
        case .validateIPv4: ValidateIPv4Words.self
        case .validateIPv6: ValidateIPv6Words.self
        case .sourceCheck: SourceCheckWords.self
        case .route: RouteWords.self
        case .rewrite: RewriteWords.self
        case .transmit: TransmitWords.self
        }
    }
}
