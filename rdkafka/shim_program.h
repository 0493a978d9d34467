/* The shim that looks at the program that librdkafka runs in. */
#ifndef RKGO_SHIM_PROGRAM_H
#define RKGO_SHIM_PROGRAM_H

/* 1 when the program was linked statically: no dynamic linker has loaded it, so
 * none is there to load a library into it. */
int rkgo_program_is_static(void);

#endif
