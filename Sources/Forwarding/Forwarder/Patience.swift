// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How the control plane waits for workers: it looks again, about every 100 µs.
package func lookAgainSoon() { usleep(100) }
