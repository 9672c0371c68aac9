// SPDX-License-Identifier: Apache-2.0

import Glibc
public import NIOCore

/// What one client, and all clients together, may take from the control plane.
public struct ControlLimits: Sendable {
    /// At this number the connection that has been idle longest is closed for a new one.
    public var maximumConnections = 4096
    /// A connection without any request is closed after this time.
    public var idleTimeout = TimeAmount.seconds(60)
    /// A request that has begun must be whole, answered, and its reply read, within this time.
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
    /// Requests with changes of routes at one time; others are told to come again.
    public var maximumRouteRequests = 8
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
    /// How often somebody looks whether the socket's file is still there.
    public var socketCheckInterval = TimeAmount.seconds(1)

    public init() {}

    /// Bytes of the body of a request that puts something else in force.
    func maximumBodyBytes(of action: ControlAction) -> Int {
        action == .changeRoutes ? maximumRouteTextBytes : maximumConfigurationBytes
    }

    /// ``maximumConnections``, or less where the process may not open that many files: 256 are
    /// left for everything else.
    var connectionsInForce: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return maximumConnections
        }
        let files = limit.rlim_cur > 1 << 30 ? 1 << 30 : Int(limit.rlim_cur)
        return max(16, min(maximumConnections, files - 256))
    }
}
