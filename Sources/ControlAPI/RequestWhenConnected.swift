// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// Sends one `GET` as soon as the channel is connected.
final class RequestWhenConnected: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let path: String

    init(path: String) {
        self.path = path
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path,
            headers: ["Host": "localhost", "Accept": "application/json", "Connection": "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }
}

@available(*, unavailable)
extension RequestWhenConnected: Sendable {}
