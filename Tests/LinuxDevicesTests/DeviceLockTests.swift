// SPDX-License-Identifier: Apache-2.0

import LinuxDevices
import Testing

/// One forwarder an interface. The indices are none of this machine's.
struct DeviceLockTests {
    @Test func givenALockThatIsHeldTheSecondTellsWhoHasIt() throws {
        let first = try DeviceLock(interface: 2_000_000_001)
        let taken = #expect(throws: DeviceLock.Taken.self) {
            _ = try DeviceLock(interface: 2_000_000_001)
        }
        #expect(taken.map { "\($0)" } == "another port of this configuration has it")
        withExtendedLifetime(first) {}
    }

    @Test func givenALockThatWasGivenUpTheNextMayHaveIt() throws {
        do { _ = try DeviceLock(interface: 2_000_000_002) }
        _ = try DeviceLock(interface: 2_000_000_002)
    }

    @Test func locksOfDifferentInterfacesAreIndependent() throws {
        let first = try DeviceLock(interface: 2_000_000_003)
        let second = try DeviceLock(interface: 2_000_000_004)
        withExtendedLifetime((first, second)) {}
    }
}
