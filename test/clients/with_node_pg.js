// Links read and written with node-pg.  The server is the one that PGHOST and so on name.
'use strict';
const fs = require('fs');
const path = require('path');
const util = require('util');
const { Client } = require('pg');

const uuids = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'];
const badges = ['a', 'b c', 'd"e', 'f,g', '{}', 'h\\i', 'null', '7'];
const inspect = (what) => util.inspect(what, { breakLength: Infinity });
const client = new Client({});
let count = 0;
let failed = 0;
let named = 0;

function same(found, expected, name) {
    const holds = util.isDeepStrictEqual(found, expected);
    count++;
    if (!holds) failed++;
    console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${name}`);
    if (!holds) console.log(`# found ${inspect(found)}, expected ${inspect(expected)}`);
}

// Each statement is sent with parameters, or by name, so that it stays prepared.
let prepare = false;
async function rows(text, ...values) {
    const query = prepare ? { name: `statement ${++named}`, text, values } : { text, values };
    return (await client.query(query)).rows;
}
const value = async (text, ...values) => Object.values((await rows(text, ...values))[0])[0];
const ids = async (text, ...values) => (await rows(text, ...values)).map((row) => Number(row.id)).sort((a, b) => a - b);

async function sqlstate(text, ...values) {
    try {
        await rows(text, ...values);
    } catch (error) {
        return error.code;
    }
    return null;
}

async function checkReading(what) {
    await rows("UPDATE project SET team = '{1,2}', manager = 3, tags = $1, badges = $2 WHERE id = 1", uuids, badges);
    await rows("UPDATE project SET team = '{}', manager = NULL WHERE id = 2");
    same((await rows('SELECT team, manager, team_size FROM project WHERE id = 1'))[0], { team: '{1,2}', manager: '{3}', team_size: '2' }, `${what}: links are read as text`);
    same((await rows('SELECT team, manager FROM project WHERE id = 2'))[0], { team: '{}', manager: null }, `${what}: so are unlinked ones`);
    same(await value('SELECT team::int[] FROM project WHERE id = 1'), [1, 2], `${what}: cast to an array it is an array`);
    same(await value('SELECT team::bigint[] FROM project WHERE id = 1'), ['1', '2'], `${what}: of strings for bigint, as ever`);
    same(await value('SELECT tags::uuid[] FROM project WHERE id = 1'), uuids, `${what}: of uuids`);
    same(await value('SELECT badges::text[] FROM project WHERE id = 1'), [...badges].sort(), `${what}: of texts of all kinds`);
    same(await value('SELECT to_jsonb(team) FROM project WHERE id = 1'), [1, 2], `${what}: as JSON it is an array`);
    same((await value('SELECT to_jsonb(p) FROM project p WHERE id = 1')).manager, 3, `${what}: in the JSON of a row, one key is a number`);
}

async function checkWriting(what) {
    const forms = [
        ['a literal', '{1,2}', [1, 2]], ['a literal with quotes', '{"2", "1"}', [1, 2]], ['a bare key', '7', [7]], ['an empty literal', '{}', []], ['empty text', '', []],
        ['JSON text', '[1, 2]', [1, 2]], ['an array', [1, 2], [1, 2]], ['an array of strings', ['2', '1'], [1, 2]], ['an array with null', [1, null], [1]], ['an empty array', [], []],
        ['a number', 7, [7]], ['a bigint', 7n, [7]], ['null', null, []], ['undefined', undefined, []], ['an object', { id: 7 }, [7]], ['an array of objects', [{ id: 1, title: 'a "b"' }, { id: '2' }], [1, 2]],
        ['JSON.stringify of an array', JSON.stringify([1, 2]), [1, 2]], ['JSON.stringify of objects', JSON.stringify([{ id: 1 }, { id: 2, name: 'x' }]), [1, 2]],
    ];
    for (const [name, form, keys] of forms) {
        await rows('UPDATE project SET team = $1 WHERE id = 2', form);
        same(await value('SELECT team::int[] FROM project WHERE id = 2'), keys, `${what}: UPDATE with ${name}`);
        await rows('DELETE FROM project WHERE id = 9');
        await rows('INSERT INTO project (id, team) VALUES (9, $1)', form);
        same(await value('SELECT team::int[] FROM project WHERE id = 9'), keys, `${what}: INSERT of ${name}`);
        if (keys.length < 2) {
            await rows('UPDATE project SET manager = $1 WHERE id = 2', form);
            same(await value('SELECT manager::bigint::int FROM project WHERE id = 2'), keys.length ? keys[0] : null, `${what}: a to-one column from ${name}`);
        }
    }
    await rows('UPDATE project SET team = $1::jsonb WHERE id = 2', JSON.stringify([{ id: 3 }, { id: 4 }]));
    same(await value('SELECT team::int[] FROM project WHERE id = 2'), [3, 4], `${what}: jsonb`);
    await rows('UPDATE project SET team = $1::bigint[] WHERE id = 2', [5, 6]);
    same(await value('SELECT team::int[] FROM project WHERE id = 2'), [5, 6], `${what}: bigint[]`);
    await rows('UPDATE project SET tags = $1, badges = $2 WHERE id = 2', uuids, badges);
    same((await rows('SELECT tags::uuid[], badges::text[] FROM project WHERE id = 2'))[0], { tags: uuids, badges: [...badges].sort() }, `${what}: uuids and texts, quotes and all`);
    await rows('INSERT INTO steps VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET steps = excluded.steps', [3, 1, 2], [9, 8]);
    same((await rows('SELECT steps, anything FROM steps WHERE id = 1'))[0], { steps: '{3,1,2}', anything: '{9,8}' }, `${what}: an ordered link keeps the order of an array`);
    same(await value('UPDATE project SET team = $1 WHERE id = 2 RETURNING team', [4, 3]), '{3,4}', `${what}: RETURNING`);
    same(await ids('SELECT id FROM employee WHERE projects @> $1::int', 2), [3, 4], `${what}: the other side follows`);
}

async function checkAsking(what) {
    await rows('DELETE FROM project WHERE id = 9');
    await rows("UPDATE project SET team = '{1,2}', manager = 3, tags = $1, badges = $2 WHERE id = 1", uuids, badges);
    await rows("UPDATE project SET team = '{2}', manager = NULL, tags = '{}' WHERE id = 2");
    await rows("UPDATE project SET team = '{}', manager = 1 WHERE id = 3");
    for (const [condition, parameter, expected] of [
        ['team @> $1', 2, [1, 2]], ['team @> $1', '{1,2}', [1]], ['team @> $1', [1, 2], [1]], ['team @> $1', [], [1, 2, 3]], ['team @> $1::int', 2, [1, 2]], ['team @> $1::int[]', [1, 2], [1]],
        ['$1 <@ team', 1, [1]], ['$1::bigint <@ team', 2, [1, 2]], ['team <@ $1', [2, 5], [2, 3]], ['team && $1', [1, 5], [1]], ['team = $1', [2], [2]], ['team = $1', '{1,2}', [1]],
        ['team <> $1', '{2}', [1, 3]], ['manager = $1', 3, [1]], ['manager = $1::bigint', 3, [1]], ['manager IN ($1, 1)', 3, [1, 3]], ['manager = ANY ($1::bigint[])', [1, 3], [1, 3]],
        ['tags @> $1', uuids[1], [1]], ['tags @> $1::uuid[]', uuids, [1]], ['badges @> $1', ['b c', 'd"e'], [1, 2]], ['badges @> $1::text', '{}', [1, 2]],
    ]) same(await ids(`SELECT id FROM project WHERE ${condition}`, parameter), expected, `${what}: ${condition} with ${inspect(parameter)}`);
    same(await ids('SELECT e.id FROM project p JOIN employee e ON e.id <@ p.team WHERE p.id = $1', 1), [1, 2], `${what}: a join`);
    for (const [expression, parameter, keys] of [['team || $1', 5, '{1,2,5}'], ['team || $1', [5, 4], '{1,2,4,5}'], ['team || $1::int', 5, '{1,2,5}'], ['team - $1', 2, '{1}'], ['team - $1::int[]', [1, 2], '{}']])
        same(await value(`SELECT ${expression} FROM project WHERE id = 1`, parameter), keys, `${what}: ${expression} with ${inspect(parameter)}`);
}

async function checkErrors(what) {
    for (const [name, state, text, parameter] of [
        ['a key that does not exist', '23503', 'UPDATE project SET team = $1 WHERE id = 1', [1, 999]], ['no number', '22P02', 'UPDATE project SET team = $1 WHERE id = 1', 'x'],
        ['an open brace', '22P02', 'UPDATE project SET team = $1 WHERE id = 1', '{1'], ['two keys for one', '21000', 'UPDATE project SET manager = $1 WHERE id = 1', [1, 2]],
        ['a number that is too large', '22003', 'UPDATE project SET team = $1 WHERE id = 1', '99999999999999999999'],
        ['an object without id', '22P02', 'UPDATE project SET team = $1 WHERE id = 1', { name: 1 }],
    ]) same(await sqlstate(text, parameter), state, `${what}: ${name}`);
}

async function main() {
    await client.connect();
    await client.query(fs.readFileSync(path.join(__dirname, 'tables.sql'), 'utf8'));
    for (const what of ['node-pg', 'node-pg, prepared']) {
        await checkReading(what);
        await checkWriting(what);
        await checkAsking(what);
        await checkErrors(what);
        prepare = true;
    }
    same(await value('SELECT count(*) FROM interlink.audit()'), '0', 'the audit is empty');
    await client.end();
}

main().catch((error) => {
    failed++;
    console.log(`not ok ${++count} - no error\n# ${String(error.stack).replace(/\n/g, '\n# ')}`);
    client.end();
}).finally(() => {
    console.log(`1..${count}`);
    process.exitCode = failed ? 1 : 0;
});
