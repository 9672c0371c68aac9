// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Tells the connection's guard of each request that begins whether it changes the configuration, before
/// more of it is read: such a request may be longer, and may take longer, than others.
final class ReloadRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
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
