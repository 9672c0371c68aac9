// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What names a host on a network of an interface.
public struct NeighbourKey: Hashable, Sendable, BitwiseCopyable {
    /// The interface's number.
    public let interface: UInt16
    public let address: IPAddress

    @inline(__always) public init(interface: UInt16, address: IPAddress) {
        self.interface = interface
        self.address = address
    }

    @inline(__always) public init(interface: UInt16, address: IPv4Address) {
        self.init(interface: interface, address: IPAddress(address))
    }

    /// Never 0. Of IPv4 it says all; of IPv6 it is a hash of the address, beside which that has to be looked at.
    @inline(__always) var word: UInt64 {
        address.isIPv4
            ? 1 &<< 48 | UInt64(interface) &<< 32 | address.low & 0xffff_ffff : ipv6Word
    }

    private var ipv6Word: UInt64 {
        let mixed = SplitMix.finalise(SplitMix.mix(address.high) ^ address.low)
        return 1 &<< 49 | UInt64(interface) &<< 32 | mixed &>> 32
    }

    /// A number in which each bit of the key counts.
    @inline(__always) var hash: UInt64 { SplitMix.finalise(word) }
    public var mixed: UInt64 { hash }

    /// Of 128: whoever owns it keeps the frames that wait for the host.
    public var bucket: Int { Int(truncatingIfNeeded: hash &>> 57) }
}
