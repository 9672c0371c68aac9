// SPDX-License-Identifier: Apache-2.0

import FuzzSupport

// Any frames, in any segments, through the production stages of two workers: nothing reads beyond a frame,
// the ledger balances, no buffer is lost, and what leaves is what an independent router would send.
fuzz { start, count in
    let script = FrameScript(UnsafeBufferPointer(start: start, count: count))
    guard !script.frames.isEmpty else { return 0 }
    let sent = Router.shared.forward(script)
    ReferenceRouter.judge(received: script.frames, sent: sent)
    return 0
}
