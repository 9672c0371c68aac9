// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Tells the connection's guard of each request that begins whether it changes the configuration, before
/// more of it is read: such a request may be longer, and may take longer, than others.
final class ReloadRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// A request has begun and not ended.
    private var isInRequest = false

    /// The client went away in the middle of a request. Who reads its body would take the end of the bytes for
    /// the body's, and put half of it in force.
    struct RequestCutShort: Error {}

    func channelInactive(context: ChannelHandlerContext) {
        failRequest(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { failRequest(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func failRequest(_ context: ChannelHandlerContext) {
        guard isInRequest else { return }
        isInRequest = false
        context.fireErrorCaught(RequestCutShort())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { isInRequest = false }
        if case .head(let head) = unwrapInboundIn(data) {
            isInRequest = true
            let pipeline = context.pipeline.syncOperations
            if let guardian = try? pipeline.handler(type: ConnectionGuard.self),
                let guarded = try? pipeline.context(handlerType: ConnectionGuard.self)
            {
                guardian.begin(ControlAction(head), guarded)
            }
        }
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension ReloadRequestHandler: Sendable {}
