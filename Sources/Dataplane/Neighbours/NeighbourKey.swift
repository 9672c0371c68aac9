// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// A host on a network of an interface.
public struct NeighbourKey: Hashable, Sendable, BitwiseCopyable {
    /// The interface's number.
    public let interface: UInt16
    public let address: IPv4Address

    @inline(__always) public init(interface: UInt16, address: IPv4Address) {
        self.interface = interface
        self.address = address
    }

    /// Never 0.
    @inline(__always) var word: UInt64 {
        1 &<< 48 | UInt64(interface) &<< 32 | UInt64(address.rawValue)
    }

    @inline(__always) init(word: UInt64) {
        interface = UInt16(truncatingIfNeeded: word &>> 32)
        address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: word))
    }

    /// A number in which each bit of the key counts.
    @inline(__always) var hash: UInt64 { SplitMix.finalise(word) }
    public var mixed: UInt64 { hash }

    /// Of 128: whoever owns it keeps the frames that wait for the host.
    public var bucket: Int { Int(truncatingIfNeeded: hash &>> 57) }
}
