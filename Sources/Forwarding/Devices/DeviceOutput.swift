// SPDX-License-Identifier: Apache-2.0

import Captures
import Glibc
import Synchronization

/// The capture that a port of a live forwarder writes, `pcap:…,output=FILE`.
///
/// net_pcap writes through stdio and looks at no error: on a full disk it would count frames as sent that
/// are nowhere. So it writes into a pipe, and a thread of ours moves the frames from there to the file. Once
/// that fails, frames are thrown away, so that the worker can go on; whoever runs the forwarder is told at
/// once, and the file never takes its place.
final class DeviceOutput: @unchecked Sendable {
    /// `ports.NAME.device`
    private let field: String
    private let pipe: Int32
    private let copy: CaptureCopy
    private let progress: Progress
    private let fault = Mutex<CaptureError?>(nil)
    private var thread: pthread_t?
    private var tell: @Sendable (ForwarderError) -> Void = { _ in }

    private final class Progress: Sendable {
        /// Nobody waits for the reader of an output that is itself a pipe any more.
        let isEnding = Atomic(false)
        /// The device is closed: what is in the pipe is all.
        let isClosed = Atomic(false)
    }

    private static let pipeBytes: Int32 = 1 << 20
    /// `F_SETPIPE_SZ` of fcntl(2), which glibc's headers show with `_GNU_SOURCE` alone.
    private static let setPipeSize: Int32 = 1031

    /// - Parameters:
    ///   - path: the file.
    ///   - pipePath: where to make the pipe that the device is to write to.
    init(field: String, path: String, pipePath: String) throws(ForwarderError) {
        self.field = field
        let progress = Progress()
        self.progress = progress
        do throws(CaptureError) {
            copy = try CaptureCopy(path: path) {
                progress.isEnding.load(ordering: .relaxed) || Interruption.isRequested
            }
        } catch {
            throw ForwarderError(naming: field, error)
        }
        guard mkfifo(pipePath, 0o600) == 0 else {
            throw ForwarderError(
                .outputNotCreated, "\(pipePath): \(String(cString: strerror(errno)))")
        }
        // There is a reader before the device opens the other end, which would wait for one.
        pipe = open(pipePath, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard pipe >= 0 else {
            throw ForwarderError(
                .outputNotCreated, "\(pipePath): \(String(cString: strerror(errno)))")
        }
        _ = fcntl(pipe, Self.setPipeSize, Self.pipeBytes)
    }

    deinit { close(pipe) }

    /// Starts the thread.
    /// - Parameter tell: called once, on that thread, when frames cannot be written any more.
    func start(tell: @escaping @Sendable (ForwarderError) -> Void) throws(ForwarderError) {
        self.tell = tell
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<DeviceOutput>.fromOpaque(context!).takeUnretainedValue().move()
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        guard status == 0 else {
            throw ForwarderError(
                .memoryOrDevice,
                "start the thread that writes a capture: \(String(cString: strerror(status))); free "
                    + "memory, or raise the limits of the process (ulimit -v, ulimit -u)")
        }
        self.thread = thread
    }

    /// The forwarder is about to stop: a worker that waits for room in the pipe must not wait for somebody
    /// else's reader.
    func prepareToEnd() { progress.isEnding.store(true, ordering: .relaxed) }

    /// The device is closed. Returns once all is written.
    /// - Parameter isComplete: whether the file is to take its place.
    /// - Throws: `ForwarderError` when frames that count as transmitted are in no file.
    func finish(isComplete: Bool) throws(ForwarderError) {
        progress.isEnding.store(true, ordering: .relaxed)
        progress.isClosed.store(true, ordering: .releasing)
        if let thread { pthread_join(thread, nil) }
        thread = nil
        do throws(CaptureError) {
            if let fault = fault.withLock({ $0 }) { throw fault }
            if isComplete { try copy.publish() }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: CaptureError) -> ForwarderError {
        ForwarderError(
            .outputNotCreated,
            "\(field): output=\(error); the frames that the port sent are in no file, although the "
                + "ledger calls them transmitted: the device took them")
    }

    private func move() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let isLast = progress.isClosed.load(ordering: .acquiring)
            let count = read(pipe, &buffer, buffer.count)
            if count > 0 {
                write { () throws(CaptureError) in try copy.take(buffer[..<count]) }
                continue
            }
            if count < 0, errno == EINTR { continue }
            // Nothing more for now: what has come is in the file for whoever looks.
            write { () throws(CaptureError) in try copy.flush() }
            if isLast { return }
            var more = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            poll(&more, 1, 100)
            // Without a writer the pipe is always ready, with nothing in it.
            if more.revents & Int16(POLLIN) == 0 { poll(nil, 0, 1) }
        }
    }

    private func write(_ work: () throws(CaptureError) -> Void) {
        guard fault.withLock({ $0 == nil }) else { return }
        do throws(CaptureError) {
            try work()
        } catch {
            fault.withLock { $0 = error }
            tell(failure(error))
        }
    }
}
