/* dl_iterate_phdr is an extension. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "shim_program.h"

#if defined(__linux__)
#include <link.h>

/* The first object is the program itself. A PT_INTERP names its dynamic linker;
 * PT_DYNAMIC would not tell, a static position-independent program has it too.
 */
static int rkgo_first_object(struct dl_phdr_info *info, size_t size,
                             void *is_static) {
        int i;
        (void)size;

        *(int *)is_static = 1;
        for (i = 0; i < info->dlpi_phnum; i++)
                if (info->dlpi_phdr[i].p_type == PT_INTERP)
                        *(int *)is_static = 0;
        return 1; /* no further objects */
}

int rkgo_program_is_static(void) {
        int is_static = 0;
        dl_iterate_phdr(rkgo_first_object, &is_static);
        return is_static;
}
#else
/* macOS has no static programs. */
int rkgo_program_is_static(void) {
        return 0;
}
#endif
