// SPDX-License-Identifier: Apache-2.0

// Loops in the shape of the worker's, for check-hot-path-test.sh: without a condition they are clean;
// with one they do, once, what check-hot-path.py must find.

final class Counted { var number: UInt64 = 0 }

struct State {
    var words: UnsafeMutablePointer<UInt64>
    var rounds: UInt64 = 0
    #if RETAIN || EXCLUSIVITY
        var counted: Counted
    #endif
}

#if ONCE
    nonisolated(unsafe) var lazily = UInt64(readLine()?.count ?? 1)
#elseif RETAIN
    nonisolated(unsafe) var last: Unmanaged<Counted>?
    @inline(never) func keep(_ counted: Counted) { last = Unmanaged.passRetained(counted) }
#endif

#if THROUGHC
    @_silgen_name("reach") func reach(_ count: UInt64) -> UInt64
#endif

enum Stage {
    @inline(never)
    static func process(_ state: inout State) {
        state.words[0] &+= state.rounds
        #if RETAIN
            keep(state.counted)
        #elseif ALLOCATION
            let more = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(state.words[1]))
            more[0] = state.rounds
            state.words[2] = UInt64(UInt(bitPattern: more))
        #elseif EXCLUSIVITY
            state.counted.number &+= state.words[1]
        #elseif ONCE
            state.words[0] &+= lazily
        #elseif THROUGHC
            state.words[2] = reach(state.words[1])
        #endif
    }
}

enum WorkerLoop {
    @inline(__always)
    static func run(_ context: UnsafeMutableRawPointer?, _ limit: UInt64) -> Int32 {
        guard let context else { return -1 }
        let state = context.assumingMemoryBound(to: State.self)
        while state.pointee.rounds < limit {
            state.pointee.rounds &+= 1
            Stage.process(&state.pointee)
        }
        return 0
    }

    static let live: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { run($0, 1) }
    static let replay: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { run($0, 2) }
}

@main enum Main {
    static func main() {
        let loops = [WorkerLoop.live, WorkerLoop.replay]
        print(loops.map { $0(nil) })
    }
}
