// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// A flow with its published hashes: source, destination, source port, destination port in network
/// order, under the standard key.
struct ToeplitzVector: Sendable, CustomTestStringConvertible {
    /// The key of the Microsoft RSS specification, which NICs use by default.
    static let key: [UInt8] = [
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f,
        0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
        0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
    ]

    let name: String
    let source: [UInt8]
    let destination: [UInt8]
    let sourcePort: UInt16
    let destinationPort: UInt16
    let addressesHash: UInt32
    let flowHash: UInt32

    var addresses: [UInt8] { source + destination }
    var ports: [UInt8] {
        Frames.big(UInt64(sourcePort), 2) + Frames.big(UInt64(destinationPort), 2)
    }
    var testDescription: String { name }

    /// The same flow seen from the other end; its hashes are not published.
    var reversed: ToeplitzVector {
        ToeplitzVector(
            name: name, source: destination, destination: source, sourcePort: destinationPort,
            destinationPort: sourcePort, addressesHash: 0, flowHash: 0)
    }

    init(
        name: String, source: [UInt8], destination: [UInt8], sourcePort: UInt16,
        destinationPort: UInt16, addressesHash: UInt32, flowHash: UInt32
    ) {
        self.name = name
        self.source = source
        self.destination = destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.addressesHash = addressesHash
        self.flowHash = flowHash
    }

    private init(
        _ name: String, _ source: String, _ destination: String, _ ports: (UInt16, UInt16),
        _ addressesHash: UInt32, _ flowHash: UInt32
    ) {
        self.init(
            name: name, source: [UInt8](hex: source), destination: [UInt8](hex: destination),
            sourcePort: ports.0, destinationPort: ports.1, addressesHash: addressesHash,
            flowHash: flowHash)
    }

    /// All eight vectors of Microsoft's verification suite.
    static let microsoft = [
        ToeplitzVector(
            "66.9.149.187 to 161.142.100.80", "420995bb", "a18e6450", (2794, 1766),
            0x323e_8fc2, 0x51cc_c178),
        ToeplitzVector(
            "199.92.111.2 to 65.69.140.83", "c75c6f02", "41458c53", (14230, 4739),
            0xd718_262a, 0xc626_b0ea),
        ToeplitzVector(
            "24.19.198.95 to 12.22.207.184", "1813c65f", "0c16cfb8", (12898, 38024),
            0xd2d0_a5de, 0x5c2b_394a),
        ToeplitzVector(
            "38.27.205.30 to 209.142.163.6", "261bcd1e", "d18ea306", (48228, 2217),
            0x8298_9176, 0xafc7_327f),
        ToeplitzVector(
            "153.39.163.191 to 202.188.127.2", "9927a3bf", "cabc7f02", (44251, 1303),
            0x5d18_09c5, 0x10e8_28a2),
        ToeplitzVector(
            "3ffe:2501:200:1fff::7 to 3ffe:2501:200:3::1", "3ffe250102001fff0000000000000007",
            "3ffe2501020000030000000000000001", (2794, 1766), 0x2cc1_8cd5, 0x4020_7d3d),
        ToeplitzVector(
            "3ffe:501:8::260:97ff:fe40:efab to ff02::1", "3ffe050100080000026097fffe40efab",
            "ff020000000000000000000000000001", (14230, 4739), 0x0f0c_461c, 0xdde5_1bbf),
        ToeplitzVector(
            "3ffe:1900:4545:3:200:f8ff:fe21:67cf to fe80::200:f8ff:fe21:67cf",
            "3ffe1900454500030200f8fffe2167cf", "fe800000000000000200f8fffe2167cf",
            (44251, 38024), 0x4b61_e985, 0x02d1_feef),
    ]
}
