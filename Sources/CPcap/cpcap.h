// SPDX-License-Identifier: Apache-2.0
// libpcap as Swift sees it: nothing is missing from the importer's view, so no shim is needed.
#ifndef CPCAP_H
#define CPCAP_H
#include <pcap/pcap.h>
#endif
