// SPDX-License-Identifier: Apache-2.0

import Forwarding
public import NIOCore

/// What one client, and all clients together, may take from the control plane.
public struct ControlLimits: Sendable {
    /// At this number the connection that has been idle longest is closed for a new one.
    public var maximumConnections = 256
    /// A connection without any request is closed after this time.
    public var idleTimeout = TimeAmount.seconds(60)
    /// A request that has begun must be whole, and its reply begun, within this time; and the client must
    /// take more of the reply in each such time.
    public var exchangeTimeout = TimeAmount.seconds(10)
    /// Bytes that a client may send before it has its next reply: headers and a body, which only
    /// `PUT /v1/config` reads.
    public var maximumRequestBytes = 64 * 1024
    /// Bytes of a configuration that comes in a request. A larger one is read from a file.
    public var maximumConfigurationBytes = 16 * 1024 * 1024
    /// Bytes of changes of routes that come in a request as text; a text is read as it comes in.
    public var maximumRouteTextBytes = 64 * 1024 * 1024
    /// Bytes of changes of routes that come in a request as JSON.
    public var maximumRouteJSONBytes = 16 * 1024 * 1024
    /// What the bodies of all requests together may take of memory; others are told to come again.
    public var maximumUploadBytes = 16 * 1024 * 1024
    /// What the replies that clients have not read yet may take of memory, all together; beyond it the
    /// slowest are disconnected. The configuration in force does not count: it is kept anyway.
    public var maximumWaitingBytes = 8 * 1024 * 1024
    /// Requests with changes of routes at one time; others are told to come again.
    public var maximumRouteRequests = 8
    /// Requests that read the tables at one time, each on a thread of its own; others are told to come again.
    public var maximumTableReaders = 8
    /// Requests that bring a configuration, or have one read, at one time; others are told to come
    /// again.
    public var maximumReloads = 4
    /// In the place of ``exchangeTimeout`` for a request that changes the configuration.
    public var reloadTimeout = TimeAmount.seconds(60)
    /// Bytes of a request for an explanation: a frame of one buffer in hexadecimal digits.
    public var maximumExplainBytes = 40 * 1024
    /// Bytes of all headers of one request.
    public var maximumHeaderBytes = 16 * 1024
    /// What replies under way get when the server stops.
    public var shutdownGrace = TimeAmount.milliseconds(250)

    /// How long a client that sent too much may take to read why, before the connection ends.
    public var lingerTime = TimeAmount.seconds(1)
    /// What the kernel holds of a connection's replies; Linux doubles it.
    var socketBufferBytes: ChannelOptions.Types.SocketOption.Value { 16 * 1024 }
    /// Bytes that are read from a connection at once: a long row of short requests becomes many objects, and
    /// no more of it is to wait than is soon answered.
    var readBytes: Int { 4 * 1024 }
    /// The same while a long body comes in.
    var uploadReadBytes: Int { 64 * 1024 }
    /// How long the socket rests when no connection can be accepted.
    public var acceptPause = TimeAmount.milliseconds(100)
    /// How often somebody looks whether the socket's file is still there.
    public var socketCheckInterval = TimeAmount.seconds(1)

    public init() {}

    /// Bytes of the body of a request that puts something else in force.
    func maximumBodyBytes(of action: ControlAction) -> Int {
        action == .changeRoutes ? maximumRouteTextBytes : maximumConfigurationBytes
    }

    /// Files that are left for everything else than connections.
    public var reservedFiles = 256
    /// This many connections have room in any case.
    static let fewestConnections = 16

    /// ``maximumConnections``, or less where the process may not open that many files.
    var connectionsInForce: Int {
        max(Self.fewestConnections, min(maximumConnections, OpenFiles.limit - reservedFiles))
    }
}
