/*
 * generate.c: random input, good and bad.
 */
#include "fuzz.h"

#include "mb/pg_wchar.h"

static const char *const pieces[] = {
	"{", "}", "[", "]", "\"", "\\", ",", ":", " ", "\t", "\n", "null", "NULL", "id", "\"id\":", "{\"id\":", "true",
	"0", "1", "-1", "+7", "007", "1.0", "1e3", "2147483648", "-32769", "9223372036854775807", "-9223372036854775808",
	"9223372036854775808", "a", "b c", "\xc3\xa4", "\xf0\x9f\x99\x82", "\\u0041", "\\u0000", "\\\"", "\"\"", "{}", "[]", "{{", "[[",
	"00000000-0000-0000-0000-000000000001", "{00000000-0000-0000-0000-00000000000f}", "0123456789abcdef0123456789ABCDEF",
	"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "order-1", "order-12", "\"{\\\"id\\\":7}\"", "\"\\{\\\"id\\\":7}\"", "2020-01-01"
};

uint64
below(Fuzz *fuzz, uint64 limit)
{
	return pg_prng_uint64_range(&fuzz->random, 0, limit - 1);
}

bool
once_in(Fuzz *fuzz, int n)
{
	return below(fuzz, n) == 0;
}

int32
any_typmod(Fuzz *fuzz)
{
	return once_in(fuzz, 4) ? -1 : fuzz->typmods[below(fuzz, fuzz->ntypmods)];
}

static void
add_number(Fuzz *fuzz)
{
	static const uint64 ranges[] = {3, 30, 3000, 70000, UINT64CONST(5000000000), PG_UINT64_MAX};
	int64		number = (int64) below(fuzz, ranges[below(fuzz, lengthof(ranges))]);

	appendStringInfo(&fuzz->input, INT64_FORMAT, once_in(fuzz, 5) ? -number : number);
}

/* Keys in a list, now and then so many that they are stored in blocks. */
void
add_list(Fuzz *fuzz, const char *open, const char *close, const char *quote)
{
	int			n = once_in(fuzz, 40) ? below(fuzz, 1500) : below(fuzz, 6);
	int64		key = (int64) below(fuzz, 1000);
	int			shape = below(fuzz, 4);

	appendStringInfoString(&fuzz->input, open);
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoChar(&fuzz->input, ',');
		key += shape == 0 ? 1 : below(fuzz, shape == 1 ? 20 : 1000000);
		appendStringInfoString(&fuzz->input, quote);
		if (shape < 3)
			appendStringInfo(&fuzz->input, INT64_FORMAT, key);
		else if (once_in(fuzz, 2))
			appendStringInfoString(&fuzz->input, *quote ? "x y" : "x");
		else
			add_number(fuzz);
		appendStringInfoString(&fuzz->input, quote);
	}
	appendStringInfoString(&fuzz->input, close);
}

void
add_pieces(Fuzz *fuzz)
{
	for (int n = below(fuzz, 12); n > 0; n--)
	{
		if (once_in(fuzz, 3))
			add_number(fuzz);
		else
			appendStringInfoString(&fuzz->input, pieces[below(fuzz, lengthof(pieces))]);
	}
}

void
add_json(Fuzz *fuzz, int depth)
{
	switch (below(fuzz, depth > 4 ? 4 : 7))
	{
		case 0:
			add_number(fuzz);
			break;
		case 1:
			appendStringInfo(&fuzz->input, "\"%s\"", once_in(fuzz, 2) ? "7" : "k\\u00e4y");
			break;
		case 2:
			appendStringInfoString(&fuzz->input, once_in(fuzz, 4) ? "true" : "null");
			break;
		case 3:
			appendStringInfoString(&fuzz->input, once_in(fuzz, 2) ? "1.50" : "1e2");
			break;
		case 4:
			appendStringInfoString(&fuzz->input, once_in(fuzz, 5) ? "{\"x\":" : "{\"name\":1,\"id\":");
			add_json(fuzz, depth + 1);
			appendStringInfoChar(&fuzz->input, '}');
			break;
		case 5:
			appendStringInfoChar(&fuzz->input, '[');
			for (int i = 0, n = below(fuzz, 4); i < n; i++)
			{
				if (i > 0)
					appendStringInfoChar(&fuzz->input, ',');
				add_json(fuzz, depth + 2);
			}
			appendStringInfoChar(&fuzz->input, ']');
			break;
		default:
			add_list(fuzz, "[", "]", once_in(fuzz, 2) ? "\"" : "");
			break;
	}
}

/* Changes, takes out, puts in or repeats some bytes. */
void
mutate(Fuzz *fuzz)
{
	StringInfo	input = &fuzz->input;

	for (int n = below(fuzz, 4); n > 0 && input->len > 0; n--)
	{
		int			within = once_in(fuzz, 2) ? 24 : input->len;
		int			at = below(fuzz, Min(input->len, within));
		int			length = 1 + below(fuzz, Min(8, input->len - at));
		char		piece[8];

		memcpy(piece, input->data + at, length);
		switch (below(fuzz, 5))
		{
			case 0:
				input->data[at] = (char) below(fuzz, 256);
				break;
			case 1:
				input->data[at] ^= 1 << below(fuzz, 8);
				break;
			case 2:
				memmove(input->data + at, input->data + at + length, input->len - at - length);
				input->len -= length;
				break;
			case 3:
				enlargeStringInfo(input, length);
				memmove(input->data + at + length, input->data + at, input->len - at);
				memcpy(input->data + at, piece, length);
				input->len += length;
				break;
			default:
				input->len = at;
				break;
		}
	}
	enlargeStringInfo(input, 1);
	input->data[input->len] = '\0';
}

/* What the server lets through to an input function has no zero bytes and is valid. */
void
make_valid_text(StringInfo input)
{
	for (int i = 0; i < input->len; i++)
		if (input->data[i] == '\0')
			input->data[i] = '0';
	if (!pg_verifymbstr(input->data, input->len, true))
		for (int i = 0; i < input->len; i++)
			if (IS_HIGHBIT_SET(input->data[i]))
				input->data[i] = '?';
}
