// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An RSS key in memory that stays until the process ends, each key once.
///
/// `rte_eth_dev_configure` keeps the pointer alone, and drivers read the key through it each time that the
/// port starts: `ixgbe_rss_configure`, `igb_rss_configure`, `i40e_pf_reset_rss_key`, `vmxnet3_rss_configure`
/// of DPDK 22.11.
struct HashKey: Equatable {
    let bytes: UnsafeMutablePointer<UInt8>
    let byteCount: Int

    private static let keys = Mutex<[[UInt8]: HashKey]>([:])
    /// The length of the keys of most devices: that of the Microsoft RSS specification.
    private static let usualByteCount = 40

    /// The bytes over and over: a symmetric key, which repeats every 16 bits, stays one on devices with
    /// longer keys, such as X710 and E810 with 52 bytes. Without a key of their length these take one of
    /// their own (`i40e_pf_reset_rss_key`), which is not symmetric.
    /// - Parameter byteCount: the length that the device wants, at most 255; 0 when it does not say.
    init(repeating bytes: [UInt8], byteCount: Int) {
        let count = byteCount == 0 ? Self.usualByteCount : byteCount
        let key = (0..<count).map { bytes[$0 % bytes.count] }
        self = Self.keys.withLock { keys in
            if let known = keys[key] { return known }
            let made = HashKey(copying: key)
            keys[key] = made
            return made
        }
    }

    private init(copying key: [UInt8]) {
        bytes = .allocate(capacity: key.count)
        bytes.initialize(from: key, count: key.count)
        byteCount = key.count
    }
}

extension HashKey: @unchecked Sendable {}
