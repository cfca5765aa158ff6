/*
 * memcheck.h: what PostgreSQL tells Valgrind about its memory, told to AddressSanitizer.
 *
 * AddressSanitizer by itself knows what malloc gives out.  PostgreSQL takes large blocks from malloc
 * and deals out pieces of them, so that a piece used after it was freed, after its context was reset,
 * or beyond its end would go unnoticed; likewise a page of the buffer pool that is not pinned.  Built
 * with USE_VALGRIND the server says which memory is whose through the requests below, from a file
 * of this name; scripts/sanitizers.sh puts this one in the place of Valgrind's.
 */
#ifndef INTERLINK_MEMCHECK_H
#define INTERLINK_MEMCHECK_H

#include <sanitizer/asan_interface.h>

#define VALGRIND_MAKE_MEM_NOACCESS(address, size)	ASAN_POISON_MEMORY_REGION(address, size)
#define VALGRIND_MAKE_MEM_UNDEFINED(address, size)	ASAN_UNPOISON_MEMORY_REGION(address, size)
#define VALGRIND_MAKE_MEM_DEFINED(address, size)	ASAN_UNPOISON_MEMORY_REGION(address, size)

/* What is freed has been wiped, and made inaccessible by that; its size is not known here. */
#define VALGRIND_MEMPOOL_ALLOC(pool, address, size)	ASAN_UNPOISON_MEMORY_REGION(address, size)
#define VALGRIND_MEMPOOL_FREE(pool, address)		((void) 0)
#define VALGRIND_MEMPOOL_CHANGE(pool, was, address, size)	ASAN_UNPOISON_MEMORY_REGION(address, size)

/* AddressSanitizer knows nothing of pools, nor whether memory has been written to. */
#define VALGRIND_CREATE_MEMPOOL(pool, redzone, zeroed)	((void) 0)
#define VALGRIND_DESTROY_MEMPOOL(pool)				((void) 0)
#define VALGRIND_CHECK_MEM_IS_DEFINED(address, size)	((void) 0)

/* Errors are told by the process that ends. */
#define VALGRIND_COUNT_ERRORS						0
#define VALGRIND_PRINTF(...)						((void) 0)

#endif
