// SPDX-License-Identifier: Apache-2.0

/// A folder that is a case: a configuration, what comes in, and what is expected.
public struct CaseFolder: Sendable, Equatable {
    /// A capture of a port, as its file's name says.
    public struct Capture: Sendable, Equatable {
        public let port: String
        /// The file, with the folder's path.
        public let path: String
    }

    /// As the user would write it.
    public let path: String
    /// The path below the folder that was searched; what reports and filters call the case.
    public let name: String
    /// The folder that was searched.
    public let root: String
    /// `PORT.in.pcap[ng]`, by port name.
    public let inputs: [Capture]
    /// `PORT.expect.pcap[ng]`, by port name.
    public let expectations: [Capture]
    /// case.yaml; absent when the folder has none.
    public let caseFile: String?
    /// freeway.yaml; absent when the folder has none.
    public let configuration: String?
    /// What is wrong with the folder itself, a line for each; the case cannot be run then.
    public let faults: [String]
    /// Remarks that do not keep the case from being run.
    public let notes: [String]
}
