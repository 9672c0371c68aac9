// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// What RFC 9110 and 9112 ask of a connection beside requests and replies, and what is lost of a request
/// behind this handler: its version. It stands right behind the parser.
///
/// - A connection of HTTP/1.0 ends with the reply, unless the client asks for more; so does one of HTTP/1.1 whose client
///   asks for that, in whatever letters and words beside it. The reply says which.
/// - `Expect: 100-continue` is answered when somebody is about to read the body, see ``proceed(_:)``. Where the reply
///   comes without it, the client may send the body or not: the connection ends, since nobody could tell.
/// - So does the connection of a request whose body is too long.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose reply is not complete.
    private struct Exchange {
        var ends: Bool
        /// HTTP/1.0 with a wish to go on, which the reply has to grant by name.
        var isKept: Bool
        /// The client waits before it sends a body.
        var waits: Bool
    }

    /// In their order: the first is the one that is being answered. No more than one connection may send.
    private var exchanges: [Exchange] = []
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            exchanges.append(Self.apply(to: &head))
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body, .end:
            // It did not wait, or had nothing to send.
            if !exchanges.isEmpty { exchanges[exchanges.count - 1].waits = false }
            context.fireChannelRead(data)
        }
    }

    /// Writes into a head, in the words that Hummingbird knows, what follows from its version.
    private static func apply(to head: inout HTTPRequestHead) -> Exchange {
        let words = Set(head.headers[canonicalForm: "connection"].map { $0.lowercased() })
        let isOld = head.version.major == 1 && head.version.minor == 0
        let codings = head.headers[canonicalForm: "transfer-encoding"]
        // Where the length of the body cannot be told, neither can the next request (RFC 9112, 6.3).
        let isUnframed =
            head.headers.contains(name: "transfer-encoding")
            && codings.map { $0.lowercased() } != ["chunked"]
        let ends = words.contains("close") || isOld && !words.contains("keep-alive") || isUnframed
        if ends { head.headers.replaceOrAdd(name: "connection", value: "close") }
        if isOld {
            if !head.headers.contains(name: "host") {
                head.headers.add(name: "host", value: "localhost")
            }
            head.headers.remove(name: "expect")
        }
        let waits = head.headers[canonicalForm: "expect"].contains {
            $0.lowercased() == "100-continue"
        }
        return Exchange(ends: ends, isKept: isOld && !ends, waits: waits)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard let exchange = exchanges.first else { break }
            // What is left of a body that is too long may never end.
            let leavesRest = exchange.waits || head.status == .payloadTooLarge
            if leavesRest { guardian(context)?.cutOff() }
            if exchange.ends || leavesRest {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            } else if exchange.isKept {
                head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
            }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: break
        case .end: if !exchanges.isEmpty { exchanges.removeFirst() }
        }
        context.write(data, promise: promise)
    }

    /// Somebody is about to read the body of the request that is being answered: tells a client that waits for
    /// that to send it. Any thread.
    static func proceed(_ channel: any Channel) async throws {
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            if let rules = try? pipeline.handler(type: ConnectionRules.self) { rules.proceed() }
        }.get()
    }

    private func proceed() {
        guard let context, exchanges.first?.waits == true else { return }
        exchanges[0].waits = false
        let guardian = guardian(context)
        guardian?.writesInterim = true
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
            promise: nil)
        guardian?.writesInterim = false
    }

    private func guardian(_ context: ChannelHandlerContext) -> ConnectionGuard? {
        try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self)
    }
}

@available(*, unavailable)
extension ConnectionRules: Sendable {}
