// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
