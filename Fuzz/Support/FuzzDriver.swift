// SPDX-License-Identifier: Apache-2.0

import Glibc

public typealias FuzzTest = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

/// libFuzzer's driver, which its own `main` would call.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: FuzzTest
) -> CInt

/// What libFuzzer's `main` names. It is linked, since SwiftPM's `main` gets its name only at the link,
/// and never runs.
@_cdecl("LLVMFuzzerTestOneInput")
func unused(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fatalError("libFuzzer's own main was taken")
}

/// Runs a fuzz target with the process's own arguments, which are libFuzzer's: folders of seeds,
/// `-max_total_time=60`, `-help=1`.
public func fuzz(_ test: FuzzTest) -> Never {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments, test))
}
