#include "shim_admin.h"

void rkgo_admin_options_set_opaque(rd_kafka_AdminOptions_t *options,
                                   uint64_t opaque) {
        rd_kafka_AdminOptions_set_opaque(options, (void *)(uintptr_t)opaque);
}
