// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Testing

/// One thread of another process that stands still, as behind a driver that does not return: somebody
/// traces it. It goes on when that one ends.
struct StoppedThread {
    private let tracer: FreewayProcess

    /// `ptrace` has a variable number of arguments, so that Swift cannot call it. What the tracer waits
    /// for is the thread's end: nobody else could reap it.
    private static let program = """
        import ctypes, os, sys
        trace = ctypes.CDLL(None, use_errno=True).ptrace
        trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        SEIZE, INTERRUPT, ALL = 0x4206, 0x4207, 0x40000000
        thread = int(sys.argv[1]) if len(sys.argv) > 1 else os.fork()
        if thread == 0:
            os.read(os.pipe()[0], 1)
        for request in SEIZE, INTERRUPT:
            if trace(request, thread, None, None) != 0:
                sys.exit(os.strerror(ctypes.get_errno()))
        os.waitpid(thread, ALL)
        print("stopped", flush=True)
        if len(sys.argv) > 1:
            os.waitpid(thread, ALL)
        else:
            os.kill(thread, 9)
        """

    /// Whether this user may trace at all.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Returns once the thread stands still.
    init(_ thread: Int) async throws {
        let tracer = try FreewayProcess(["-c", Self.program, "\(thread)"], program: "python3")
        self.tracer = tracer
        let isStopped = await firstAnswer { tracer.output == "stopped\n" ? true : nil }
        try #require(isStopped == true, "\(tracer.errors)")
    }

    /// Lets the thread go on.
    func release() async throws {
        tracer.send(SIGKILL)
        _ = try await tracer.outcome()
    }
}
