/*
 * fuzz.h: what the generator (generate.c) and the tests (link_fuzz.c) share.
 */
#ifndef INTERLINK_FUZZ_H
#define INTERLINK_FUZZ_H

#include "postgres.h"

#include "common/pg_prng.h"
#include "fmgr.h"
#include "lib/stringinfo.h"

typedef struct Fuzz
{
	pg_prng_state random;
	Oid			type;
	FmgrInfo	in;
	FmgrInfo	out;
	FmgrInfo	recv;
	FmgrInfo	send;
	FmgrInfo	from_json;
	FmgrInfo	from_jsonb;
	FmgrInfo	to_jsonb;
	FmgrInfo	hash;
	FmgrInfo	count;
	FmgrInfo	equal;
	FmgrInfo	add;
	FmgrInfo	subtract;
	Oid			ioparam;
	int32		typmods[24];
	int			ntypmods;
	StringInfoData input;		/* the case at hand */
} Fuzz;

extern uint64 below(Fuzz *fuzz, uint64 limit);
extern bool once_in(Fuzz *fuzz, int n);
extern int32 any_typmod(Fuzz *fuzz);
extern void add_list(Fuzz *fuzz, const char *open, const char *close, const char *quote);
extern void add_pieces(Fuzz *fuzz);
extern void add_json(Fuzz *fuzz, int depth);
extern void mutate(Fuzz *fuzz);
extern void make_valid_text(StringInfo input);

#endif
