// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// A port whose frames come from and go to functions of ours.
///
/// DPDK's drivers cannot be written outside its own tree: Debian ships no headers for them. But it lets a
/// program look at what a driver received and is about to send, and take or leave of it what it likes. So
/// the driver is net_null, which receives nothing and frees what it sends, and our functions do the rest.
extension Port {
    /// Adds frames to those that a queue received. Worker's thread; it may not wait.
    ///
    /// Parameters: port, queue, the array of mbufs, how many are in it, how many it holds, the context.
    /// Returns how many are in it then. `rte_rx_callback_fn`.
    public typealias ReceiveFunction =
        @convention(c) (
            UInt16, UInt16, UnsafeMutablePointer<OpaquePointer?>?, UInt16, UInt16,
            UnsafeMutableRawPointer?
        ) -> UInt16

    /// Sends the first frames of an array and gives how many; the driver frees these, and the others
    /// stay with who wanted to send them. Worker's thread; it may not wait.
    ///
    /// Parameters: port, queue, the array of mbufs, how many are in it, the context.
    /// `rte_tx_callback_fn`.
    public typealias TransmitFunction =
        @convention(c) (
            UInt16, UInt16, UnsafeMutablePointer<OpaquePointer?>?, UInt16, UnsafeMutableRawPointer?
        ) -> UInt16

    /// The device of a port that receives and sends nothing by itself. Wraps net_null.
    public static func functionDevice(named name: String) -> (name: String, arguments: String) {
        ("net_null_\(name)", "no-rx=1")
    }

    /// Has a function receive for a queue. The queue must be set up, and nobody poll it yet. Wraps
    /// `rte_eth_add_rx_callback`.
    /// - Parameter context: lives until the port is closed.
    public func receive(
        queue: Int, by function: @escaping ReceiveFunction, _ context: UnsafeMutableRawPointer
    ) throws(DPDKError) {
        _ = try check(
            rte_eth_add_rx_callback(index, UInt16(queue), function, context),
            "receive on queue \(queue) of port \(index)")
    }

    /// Has a function send for a queue. As for receiving. Wraps `rte_eth_add_tx_callback`.
    public func transmit(
        queue: Int, by function: @escaping TransmitFunction, _ context: UnsafeMutableRawPointer
    ) throws(DPDKError) {
        _ = try check(
            rte_eth_add_tx_callback(index, UInt16(queue), function, context),
            "transmit on queue \(queue) of port \(index)")
    }
}

/// The places that a receive function fills with frames. Worker's thread.
@frozen public struct ReceivedFrames {
    @usableFromInline let slots: UnsafeMutablePointer<OpaquePointer?>
    @usableFromInline let port: UInt16
    /// Frames in the array.
    @usableFromInline var filled: Int
    public let capacity: Int

    @inlinable @inline(__always) public init(
        _ slots: UnsafeMutablePointer<OpaquePointer?>, count: UInt16, capacity: UInt16, port: UInt16
    ) {
        self.slots = slots
        self.port = port
        filled = Int(count)
        self.capacity = Int(capacity)
    }

    @inlinable @inline(__always) public var isFull: Bool { filled >= capacity }

    @inlinable @inline(__always) public var count: Int { filled }

    /// Adds a frame of two runs of bytes, of which the second may be empty: over several buffers where one
    /// is too small.
    /// - Returns: false when the pool has too few buffers. There must be a place for the frame.
    @inlinable @inline(__always) public mutating func append(
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        from pool: Mempool
    ) -> Bool {
        assert(!isFull)
        guard
            let mbuf = cdpdk_mbuf_assemble(
                pool.raw, port, first.baseAddress, UInt32(truncatingIfNeeded: first.count),
                second.baseAddress, UInt32(truncatingIfNeeded: second.count))
        else { return false }
        slots[filled] = mbuf
        filled &+= 1
        return true
    }
}

/// The frames that a transmit function is to send. Worker's thread.
@frozen public struct OutgoingFrames {
    @usableFromInline let slots: UnsafeMutablePointer<OpaquePointer?>
    public let count: Int

    @inlinable @inline(__always)
    public init(_ slots: UnsafeMutablePointer<OpaquePointer?>, count: UInt16) {
        self.slots = slots
        self.count = Int(count)
    }

    @inlinable @inline(__always) public subscript(index: Int) -> MbufReference {
        assert(index >= 0 && index < count)
        return MbufReference(slots[index].unsafelyUnwrapped)
    }
}
