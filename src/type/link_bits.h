/*
 * link_bits.h: numbers of varying length, as bytes and as bits.
 *
 * Everything here works on any machine's byte order in the same way.  Readers
 * never look past the end they are given.
 */
#ifndef INTERLINK_LINK_BITS_H
#define INTERLINK_LINK_BITS_H

#include "compat.h"

#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

/* Bytes that a writer must have free behind what it writes next. */
#define LINK_BITS_SLACK		16
#define LINK_VARINT_SIZE	10

/* Seven bits a byte, low ones first; the last byte has its high bit clear. */
static inline char *
link_put_varint(char *to, uint64 value)
{
	for (; value >= 0x80; value >>= 7)
		*to++ = (char) (value | 0x80);
	*to++ = (char) value;
	return to;
}

/* Returns where the next thing begins, or NULL where the number does not end. */
static inline const char *
link_get_varint(const char *from, const char *end, uint64 *value)
{
	uint64		result = 0;

	for (int shift = 0; from < end && shift < 64; shift += 7)
	{
		uint8		byte = (uint8) *from++;

		result |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
		{
			*value = result;
			return from;
		}
	}
	return NULL;
}

/* Differences of either sign as numbers that are small where they are. */
static inline uint64
link_zigzag(uint64 difference)
{
	return (difference << 1) ^ (uint64) -(int64) (difference >> 63);
}

static inline uint64
link_unzigzag(uint64 value)
{
	return (value >> 1) ^ (uint64) -(int64) (value & 1);
}

static inline uint64
link_load_64(const char *from, const char *end)
{
	uint64		word = 0;

	if (end - from >= (ptrdiff_t) sizeof(word))
		memcpy(&word, from, sizeof(word));
	else
		memcpy(&word, from, end - from);
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	return word;
}

/* Bits fill bytes from the lowest on; what lies behind must be zero.  At most 56. */
static inline void
link_put_few_bits(char *bits, uint64 *place, uint64 value, int n)
{
	char	   *at = bits + (*place >> 3);
	uint64		word;

	memcpy(&word, at, sizeof(word));
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	word |= value << (*place & 7);
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	memcpy(at, &word, sizeof(word));
	*place += n;
}

/* The lowest n bits of a number. */
static inline uint64
link_low_bits(uint64 value, int n)
{
	return n < 64 ? value & ((UINT64CONST(1) << n) - 1) : value;
}

static inline void
link_put_bits(char *bits, uint64 *place, uint64 value, int n)
{
	for (; n > 56; n -= 56, value >>= 56)
		link_put_few_bits(bits, place, link_low_bits(value, 56), 56);
	link_put_few_bits(bits, place, link_low_bits(value, n), n);
}

static inline uint64
link_get_bits(const char *bits, const char *end, uint64 *place, int n)
{
	uint64		value = 0;

	for (int done = 0; done < n;)
	{
		int			now = Min(n - done, 56);
		const char *at = bits + (*place >> 3);
		uint64		word = at < end ? link_load_64(at, end) >> (*place & 7) : 0;

		value |= (word & ((UINT64CONST(1) << now) - 1)) << done;
		*place += now;
		done += now;
	}
	return value;
}

/* Bits of a step behind its leading zeros: all but the highest of step + 2^k. */
static inline int
link_step_bits(uint64 step, int k)
{
	uint64		sum = step + (UINT64CONST(1) << k);

	return sum < step ? 64 : pg_leftmost_one_pos64(sum);
}

/*
 * A step in the exponential Golomb code of order k: with sum = step + 2^k, as
 * many zeros as the sum has bits more than k + 1, a one, and the sum without
 * its highest bit.
 */
static inline void
link_put_step(char *bits, uint64 *place, uint64 step, int k)
{
	int			n = link_step_bits(step, k);
	uint64		low = link_low_bits(step + (UINT64CONST(1) << k), n);

	if (2 * n - k + 1 <= 56)
	{
		link_put_few_bits(bits, place, (low << 1 | 1) << (n - k), 2 * n - k + 1);
		return;
	}
	*place += n - k;
	link_put_few_bits(bits, place, 1, 1);
	link_put_bits(bits, place, low, n);
}

/* The bits of a step in this code. */
static inline int
link_step_size(uint64 step, int k)
{
	return 2 * link_step_bits(step, k) - k + 1;
}

/* Reads a step; false if the bits end before it does. */
static inline bool
link_get_step(const char *bits, const char *end, uint64 *place, int k, uint64 *step)
{
	const char *at = bits + (*place >> 3);
	uint64		word = at < end ? link_load_64(at, end) >> (*place & 7) : 0;
	int			zeros = word == 0 ? 64 : pg_rightmost_one_pos64(word);
	int			n = zeros + k;

	if (2 * zeros + 1 + k <= 57)
	{
		/* all of it is in the word */
		*step = ((word >> (zeros + 1)) & ((UINT64CONST(1) << n) - 1)) +
			(UINT64CONST(1) << n) - (UINT64CONST(1) << k);
		*place += zeros + 1 + n;
		return *place <= (uint64) (end - bits) * 8;
	}
	for (zeros = 0; (*place >> 3) < (uint64) (end - bits); zeros++)
		if (link_get_bits(bits, end, place, 1) == 1)
			break;
	n = zeros + k;
	if (n > 64)
		return false;
	*step = link_get_bits(bits, end, place, n) - (UINT64CONST(1) << k);
	if (n < 64)
		*step += UINT64CONST(1) << n;
	return *place <= (uint64) (end - bits) * 8;
}

#endif
