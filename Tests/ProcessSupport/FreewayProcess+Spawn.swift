// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The connections of other tests, which would stay open for as long as the program runs. Glibc has
/// the function since 2.34, and its headers show it with `_GNU_SOURCE` alone.
private func closeAllButOutputs(_ actions: inout posix_spawn_file_actions_t) {
    typealias CloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
    _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
}

extension FreewayProcess {
    struct SpawnError: Error {
        let program: String
        let code: Int32
    }

    /// Starts a program that is found in `PATH`, with no input and both outputs in files.
    static func spawn(
        _ words: [String], _ environment: [String], _ output: String, _ errors: String
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o666)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o666)
        closeAllButOutputs(&actions)
        // The test runner ignores or blocks what it likes; a program starts with neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, variables)
        guard status == 0 else { throw SpawnError(program: words[0], code: status) }
        return pid
    }
}
