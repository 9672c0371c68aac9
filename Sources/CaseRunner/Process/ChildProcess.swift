// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A process that this one started, with both its outputs in pipes.
///
/// Its standard input is a pipe that nothing is written to: it ends when this process does, however that
/// happens, so that a child which watches it (``Lifeline``) never outlives its parent. One thread.
struct ChildProcess {
    struct SpawnError: Error, CustomStringConvertible {
        let program: String
        let code: Int32
        var description: String {
            "\(program): cannot be started: \(String(cString: strerror(code)))"
        }
    }

    let pid: pid_t
    /// Standard output; -1 once it was closed.
    private(set) var output: Int32
    /// Standard error; -1 once it was closed.
    private(set) var errors: Int32
    private var input: Int32

    /// - Parameters:
    ///   - words: the program's path and its arguments.
    ///   - environment: all its variables.
    init(_ words: [String], environment: [String: String]) throws(SpawnError) {
        let pipes = (Pipe(), Pipe(), Pipe())
        guard let input = pipes.0, let output = pipes.1, let errors = pipes.2 else {
            let code = errno
            for pipe in [pipes.0, pipes.1, pipes.2] { pipe?.closeBoth() }
            throw SpawnError(program: words[0], code: code)
        }
        output.readWithoutWaiting()
        errors.readWithoutWaiting()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.writing, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A caller that ignores or blocks signals does not mean its children to.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, words[0], &actions, &attributes, arguments, variables)
        close(input.reading)
        close(output.writing)
        close(errors.writing)
        self.pid = pid
        self.input = input.writing
        self.output = output.reading
        self.errors = errors.reading
        guard status == 0 else {
            closeAll()
            throw SpawnError(program: words[0], code: status)
        }
    }

    /// Takes what has come in by standard output, without waiting for more.
    /// - Returns: nil when there is nothing now; an empty array at its end, when it is closed.
    mutating func readOutput() -> [UInt8]? { Self.read(&output) }

    /// Takes what has come in by standard error, likewise.
    mutating func readErrors() -> [UInt8]? { Self.read(&errors) }

    private static func read(_ descriptor: inout Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        guard count > 0 else {
            close(descriptor)
            descriptor = -1
            return []
        }
        return Array(buffer[..<count])
    }

    /// How it ended, in the form of `waitpid`; nil while it runs.
    func status(waiting: Bool) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(pid, &status, waiting ? 0 : WNOHANG)
            if ended == pid { return status }
            if ended == 0 { return nil }
            if errno != EINTR { return 0x7f00 }
        }
    }

    func kill() { Glibc.kill(pid, SIGKILL) }

    mutating func closeAll() {
        for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
        (input, output, errors) = (-1, -1, -1)
    }
}

/// Both ends of a pipe; other programs that are started do not get them.
private struct Pipe {
    let reading: Int32
    let writing: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    /// For reading ends that this process keeps.
    func readWithoutWaiting() {
        _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK)
    }

    func closeBoth() {
        close(reading)
        close(writing)
    }
}
