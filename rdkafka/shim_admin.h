/* Shims of the admin API, see shim.h for the rules. */
#ifndef RKGO_SHIM_ADMIN_H
#define RKGO_SHIM_ADMIN_H

#include "shim.h"

/* rd_kafka_AdminOptions_set_opaque with a number as opaque. */
void rkgo_admin_options_set_opaque(rd_kafka_AdminOptions_t *options,
                                   uint64_t opaque);

#endif
