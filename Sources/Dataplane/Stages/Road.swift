// SPDX-License-Identifier: Apache-2.0

/// The stages that frames go through, in their order: composed from the plan, so that what is off is absent.
struct Road: BitwiseCopyable {
    /// What is on this road that need not be on each.
    struct Options: OptionSet, Sendable {
        let rawValue: UInt8

        static let sourceCheck = Options(rawValue: 1)
        /// Interfaces belong to several VRFs.
        static let vrf = Options(rawValue: 2)
        static let all: Options = [.sourceCheck, .vrf]
    }

    let stages: UnsafeMutablePointer<Stage>
    let count: Int
    /// Where packets enter again that waited, and those of our own: the place of Route; `count` where none is.
    let route: Int
}

/// All roads of a mode, by their options: which of them a burst takes says the snapshot, so that a reload changes it.
/// Roads and stages lie in one line of memory.
struct Roads {
    private let table: UnsafeMutablePointer<Road>
    private static let mostStages = 8
    private static let optionCount = Int(Road.Options.all.rawValue) + 1

    init(of mode: ForwardMode) {
        self.init {
            Stage.stages(of: mode, $0)
        } ofIPv6: {
            Stage.stagesOfIPv6(of: mode, $0)
        }
    }

    /// - Parameter stages: whatever is on or off, and whatever the family.
    init(alwaysOf stages: [Stage]) {
        self.init { _ in
            stages
        } ofIPv6: { _ in
            stages
        }
    }

    private init(
        _ stages: (Road.Options) -> [Stage], ofIPv6: (Road.Options) -> [Stage]
    ) {
        let count = 2 * Self.optionCount
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(128, count * (MemoryLayout<Road>.stride + Self.mostStages)),
            alignment: 128)
        table = memory.bindMemory(to: Road.self, capacity: count)
        let names = (memory + count * MemoryLayout<Road>.stride)
            .bindMemory(to: Stage.self, capacity: count * Self.mostStages)
        for index in 0..<count {
            let options = Road.Options(rawValue: UInt8(index % Self.optionCount))
            let stages = index < Self.optionCount ? stages(options) : ofIPv6(options)
            precondition(stages.count <= Self.mostStages)
            let first = names + index * Self.mostStages
            first.initialize(from: stages, count: stages.count)
            (table + index).initialize(
                to: Road(
                    stages: first, count: stages.count,
                    route: stages.firstIndex(of: .route) ?? stages.count))
        }
    }

    @inline(__always) subscript(options: Road.Options) -> Road { table[Int(options.rawValue)] }

    /// Of the frames with packets of IPv6 that Admit sets aside.
    @inline(__always) subscript(ipv6 options: Road.Options) -> Road {
        table[Self.optionCount &+ Int(options.rawValue)]
    }

    func free() { UnsafeMutableRawPointer(table).deallocate() }
}
