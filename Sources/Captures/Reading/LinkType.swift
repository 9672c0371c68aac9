// SPDX-License-Identifier: Apache-2.0

import CPcap

/// Names of link types.
enum LinkType {
    static let ethernet: UInt16 = 1
    /// What a user can do about another one.
    static let remedy = "capture on an Ethernet interface, not on \"any\""

    /// The name of a type as a file has it (LINKTYPE_ of tcpdump.org), such as LINUX_SLL.
    static func name(_ linkType: UInt16) -> String {
        // The only usual one whose number in files differs from libpcap's.
        linkType == 101 ? "RAW" : name(ofDLT: Int32(linkType))
    }

    static func name(ofDLT linkType: Int32) -> String {
        pcap_datalink_val_to_name(linkType).map { String(cString: $0) } ?? String(linkType)
    }
}
