/*
 * state.c: who is writing, the engine or somebody else.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/fmgrprotos.h"
#include "catalog/namespace.h"
#include "utils/lsyscache.h"

#include "engine/engine.h"

static EngineWrite writing = {-1, InvalidOid};

static int
trigger_depth(void)
{
	LOCAL_FCINFO(fcinfo, 0);

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	return DatumGetInt32(pg_trigger_depth(fcinfo));
}

EngineWrite
engine_write_begin(Oid fields_of)
{
	EngineWrite outer = writing;

	writing.depth = trigger_depth();
	writing.fields_of = fields_of;
	return outer;
}

void
engine_write_end(EngineWrite outer)
{
	writing = outer;
}

bool
engine_fires(void)
{
	return writing.depth >= 0 && trigger_depth() == writing.depth + 1;
}

bool
engine_fires_for(Oid relid)
{
	return writing.fields_of == relid && engine_fires();
}

bool
engine_owns_trigger(Oid function)
{
	char	   *name = get_func_name(function);
	Oid			schema = get_func_namespace(function);

	return name != NULL && schema == get_namespace_oid("interlink", true) &&
		(strcmp(name, "after_statement") == 0 || strcmp(name, "after_row") == 0 ||
		 strcmp(name, "before_row") == 0);
}
