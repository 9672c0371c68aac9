// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Gives the reply to a request that is not HTTP the same JSON body as every other error has.
///
/// Hummingbird answers a parser error, after the replies that came before it, with an empty 400;
/// this handler remembers the error on its way in and fills that reply on its way out.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var parserError: HTTPParserError?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { parserError = error }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let parserError, case .head(let head) = unwrapOutboundIn(data),
            head.status == .badRequest, head.headerFields[.contentLength] == "0"
        else {
            context.write(data, promise: promise)
            return
        }
        let (status, reply) = Self.reply(to: parserError)
        let body = (try? ControlJSON.encode(reply)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        var fields = HTTPFields.controlReply(contentLength: body.readableBytes)
        fields[.connection] = "close"
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: fields))),
            promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: promise)
    }

    static func reply(to error: HTTPParserError) -> (HTTPResponse.Status, ErrorReply) {
        guard error == .headerOverflow else {
            return (
                .badRequest,
                ErrorReply(
                    code: "badRequest", message: "the request is not HTTP/1.1: \(error)",
                    remedy: "ask as curl --unix-socket does")
            )
        }
        return (
            .requestHeaderFieldsTooLarge,
            ErrorReply(
                code: "headersTooLarge", message: "the request's headers are too long",
                remedy: "send fewer or shorter headers")
        )
    }
}

@available(*, unavailable)
extension MalformedRequestHandler: Sendable {}
