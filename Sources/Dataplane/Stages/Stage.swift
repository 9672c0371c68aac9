// SPDX-License-Identifier: Apache-2.0

/// One step of the pipeline. A worker holds its stages as a raw table of these, so that a round
/// walks bytes and dispatches once for each stage and burst.
public enum Stage: UInt8, CaseIterable, Sendable {
    case admit, crossConnect, assignVRF, validateIPv4, validateIPv6, sourceCheck, route, rewrite,
        transmit

    /// The stages of a mode, in the order of the road.
    /// - Parameters:
    ///   - checksSources: whether any interface asks for that.
    ///   - hasVRFs: whether any interface belongs to another VRF than the main one.
    ///   - ofIPv6: whether packets of IPv6 have a road, too.
    public static func stages(
        of mode: ForwardMode, checksSources: Bool = false, hasVRFs: Bool = false,
        ofIPv6: Bool = false
    ) -> [Stage] {
        var options: Road.Options = checksSources ? .sourceCheck : []
        if hasVRFs { options.insert(.vrf) }
        let stages = stages(of: mode, options)
        let others = ofIPv6 ? stagesOfIPv6(of: mode, options) : []
        return allCases.filter { stages.contains($0) || others.contains($0) }
    }

    static func stages(of mode: ForwardMode, _ options: Road.Options) -> [Stage] {
        switch mode {
        case .crossConnect: [.crossConnect]
        case .route:
            [.admit] + (options.contains(.vrf) ? [.assignVRF] : []) + [.validateIPv4]
                + (options.contains(.sourceCheck) ? [.sourceCheck] : [])
                + [.route, .rewrite, .transmit]
        }
    }

    /// Those of packets of IPv6, which Admit sets aside.
    static func stagesOfIPv6(of mode: ForwardMode, _ options: Road.Options) -> [Stage] {
        switch mode {
        case .crossConnect: []
        case .route:
            (options.contains(.vrf) ? [.assignVRF] : []) + [.validateIPv6]
                + (options.contains(.sourceCheck) ? [.sourceCheck] : [])
                + [.route, .rewrite, .transmit]
        }
    }

    @inline(__always)
    func process<Observer: StageObserver>(_ worker: inout WorkerState, _ observer: inout Observer) {
        switch self {
        case .admit: Admit.process(&worker, &observer)
        case .crossConnect: CrossConnect.process(&worker, &observer)
        case .assignVRF: AssignVRF.process(&worker, &observer)
        case .validateIPv4: ValidateIPv4.process(&worker, &observer)
        case .validateIPv6: ValidateIPv6.process(&worker, &observer)
        case .sourceCheck: SourceCheck.process(&worker, &observer)
        case .route: Route.process(&worker, &observer)
        case .rewrite: Rewrite.process(&worker, &observer)
        case .transmit: Transmit.process(&worker, &observer)
        }
    }
}

/// What a forwarder does with frames.
public enum ForwardMode: Sendable {
    /// Frames cross from a port to its peer, unchanged.
    case crossConnect
    /// IP packets go where the routes say.
    case route
}
