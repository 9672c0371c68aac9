// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

extension DecidingField {
    /// What a journey knows beyond the frame's bytes.
    struct Context {
        /// The port that the frame came in by.
        let port: String
        /// The interface that its tags are, as far as a stage told.
        let interface: String
        /// That port's address.
        let mac: MACAddress?
        /// Where the chosen next hop is, as far as the stages came.
        let wayOut: JourneyTeller.Interface?
        let stage: Stage
        let nextHop: IPAddress?
        let configuration: Configuration
    }

    /// The field that decided, held against what the forwarder knew when it did.
    /// - Parameters:
    ///   - bytes: the beginning of the frame as it came in.
    ///   - length: of the whole frame.
    init?(_ reason: DropReason, in bytes: [UInt8], length: Int, _ context: Context) {
        if reason == .linkDown {
            self.init(name: "port", value: context.wayOut?.port ?? context.port)
            return
        }
        if reason == .notConnected {
            self.init(name: "port", value: context.interface)
            return
        }
        let plain = bytes.withUnsafeBytes {
            DecidingField(
                reason, in: FrameBytes($0), frameLength: length, by: context.stage,
                on: context.interface, context.configuration)
        }
        guard let plain else { return nil }
        var value = plain.value
        switch reason {
        case .notForUs:
            if let mac = context.mac { value += ", the port has \(mac)" }
        case .exceedsMTU:
            if let out = context.wayOut { value += ", the MTU of \(out.name) is \(out.mtu)" }
        case .noNeighbour:
            if let hop = context.nextHop, let out = context.wayOut {
                value += ", \(hop) on \(out.name) did not answer"
            }
        default: break
        }
        self.init(name: plain.name, value: value)
    }

    private init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
