// SPDX-License-Identifier: Apache-2.0
// zlib as Swift sees it: its reading of gzip files, which needs no shim.
#ifndef CZLIB_H
#define CZLIB_H
#include <zlib.h>
#endif
