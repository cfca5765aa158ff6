"""What the tests of psycopg2 and psycopg 3 share: TAP, and the forms that both can send."""
import json
import traceback
import uuid

UUIDS = [uuid.UUID(int=1), uuid.UUID(int=2)]
BADGES = ['a', 'b c', 'd"e', 'f,g', '{}', 'h\\i', 'null', '7']

_count = 0
_failed = 0


def ok(holds, name, diagnosis=''):
    global _count, _failed
    _count += 1
    if not holds:
        _failed += 1
    print(f"{'ok' if holds else 'not ok'} {_count} - {name}")
    for line in ('' if holds else str(diagnosis)).splitlines():
        print('# ' + line)


def same(found, expected, name):
    ok(found == expected and type(found) is type(expected), name, f'found {found!r}, expected {expected!r}')


def done():
    print(f'1..{_count}')
    raise SystemExit(1 if _failed else 0)


class Client:
    """A connection, with one question and one answer at a time."""

    def __init__(self, connection, database_error, **execute_options):
        self.connection = connection
        self.database_error = database_error
        self.options = execute_options

    def rows(self, query, *parameters):
        with self.connection.cursor() as cursor:
            cursor.execute(query, parameters or None, **self.options)
            return cursor.fetchall() if cursor.description else []

    def value(self, query, *parameters):
        return self.rows(query, *parameters)[0][0]

    def sqlstate(self, query, *parameters):
        try:
            self.rows(query, *parameters)
        except self.database_error as error:
            return getattr(error, 'pgcode', None) or getattr(error, 'sqlstate', None)
        return None

    def ids(self, query, *parameters):
        return sorted(row[0] for row in self.rows(query, *parameters))


def check_reading(client, what):
    client.rows("UPDATE project SET team = '{1,2}', manager = 3, tags = %s, badges = %s WHERE id = 1", UUIDS, BADGES)
    client.rows("UPDATE project SET team = '{}', manager = NULL WHERE id = 2")
    row = client.rows('SELECT team, manager, team_size FROM project WHERE id = 1')[0]
    same(row[0], '{1,2}', f'{what}: a link is read as text')
    same(row[1], '{3}', f'{what}: a to-one link is read as text')
    same(row[2], 2, f'{what}: a rollup is read as a number')
    same(client.value('SELECT manager FROM project WHERE id = 2'), None, f'{what}: an unlinked to-one column is None')
    same(client.value('SELECT team FROM project WHERE id = 2'), '{}', f'{what}: an unlinked to-many column is empty')
    same(client.value('SELECT team::bigint[] FROM project WHERE id = 1'), [1, 2], f'{what}: cast to an array it is a list')
    same([uuid.UUID(str(u)) for u in client.value('SELECT tags::text[] FROM project WHERE id = 1')], UUIDS, f'{what}: so with uuids')
    same(client.value('SELECT badges::text[] FROM project WHERE id = 1'), sorted(BADGES), f'{what}: so with texts of all kinds')
    same(client.value('SELECT to_jsonb(team) FROM project WHERE id = 1'), [1, 2], f'{what}: as JSON it is a list')
    same(client.value('SELECT to_jsonb(p) FROM project p WHERE id = 1')['manager'], 3, f'{what}: in the JSON of a row, one key is a number')
    same(client.ids('SELECT interlink.link_keys(badges) FROM project WHERE id = 1'), sorted(BADGES), f'{what}: link_keys gives texts')


def check_writing(client, what, as_json):
    """Every form of two keys, one key and none, into columns of each kind."""
    forms = [
        ('a literal', '{1,2}', [1, 2]), ('a literal with quotes', '{"2", "1"}', [1, 2]), ('a bare key', '7', [7]), ('an empty literal', '{}', []),
        ('empty text', '', []), ('JSON text', '[1, 2]', [1, 2]), ('JSON text of objects', json.dumps([{'id': 1}, {'id': 2, 'name': 'x'}]), [1, 2]),
        ('JSON text of one object', '{"id": 7}', [7]), ('a list', [1, 2], [1, 2]), ('a list of texts', ['2', '1'], [1, 2]), ('a list with None', [1, None], [1]),
        ('an empty list', [], []), ('a number', 7, [7]), ('None', None, []), ('JSON', as_json([1, 2]), [1, 2]), ('JSON of objects', as_json([{'id': 2}]), [2]),
        ('JSON of one object', as_json({'id': 5}), [5]), ('JSON of a number', as_json(5), [5]), ('JSON null', as_json(None), []),
    ]
    for name, value, keys in forms:
        client.rows('UPDATE project SET team = %s WHERE id = 2', value)
        same(client.value('SELECT team::bigint[] FROM project WHERE id = 2'), keys, f'{what}: UPDATE with {name}')
        client.rows('DELETE FROM project WHERE id = 9')
        client.rows('INSERT INTO project (id, team) VALUES (9, %s)', value)
        same(client.value('SELECT team::bigint[] FROM project WHERE id = 9'), keys, f'{what}: INSERT of {name}')
        if len(keys) < 2:
            client.rows('UPDATE project SET manager = %s WHERE id = 2', value)
            same(client.value('SELECT manager::bigint FROM project WHERE id = 2'), keys[0] if keys else None, f'{what}: a to-one column from {name}')
    for name, value in (('a list of uuids', UUIDS), ('uuids as texts', [str(u) for u in UUIDS]), ('JSON of uuids', as_json([str(u) for u in UUIDS]))):
        client.rows('UPDATE project SET tags = %s WHERE id = 2', value)
        same(client.value('SELECT tags = ARRAY[%s, %s]::uuid[] FROM project WHERE id = 2', *UUIDS), True, f'{what}: {name}')
    client.rows('UPDATE project SET tags = %s WHERE id = 2', UUIDS[0])
    same(client.value('SELECT tags::uuid = %s::uuid FROM project WHERE id = 2', str(UUIDS[0])), True, f'{what}: one uuid')
    for name, value in (('a list of texts', BADGES), ('JSON of texts', as_json(BADGES))):
        client.rows('UPDATE project SET badges = %s WHERE id = 2', value)
        same(client.value('SELECT badges::text[] FROM project WHERE id = 2'), sorted(BADGES), f'{what}: {name}, quotes and all')
    client.rows('INSERT INTO steps VALUES (1, %s, %s) ON CONFLICT (id) DO UPDATE SET steps = excluded.steps', [3, 1, 2], [9, 8])
    same(client.rows('SELECT steps, anything FROM steps WHERE id = 1')[0], ('{3,1,2}', '{9,8}'), f'{what}: an ordered link keeps the order of a list')
    same(client.value('UPDATE project SET team = %s WHERE id = 2 RETURNING team', [4, 3]), '{3,4}', f'{what}: RETURNING')
    same(client.ids('SELECT id FROM employee WHERE projects @> %s', 2), [3, 4], f'{what}: the other side follows')


def check_asking(client, what):
    client.rows("DELETE FROM project WHERE id = 9")
    client.rows("UPDATE project SET team = '{1,2}', manager = 3 WHERE id = 1")
    client.rows("UPDATE project SET team = '{2}', manager = NULL WHERE id = 2")
    client.rows("UPDATE project SET team = '{}', manager = 1, tags = '{}', badges = '{}' WHERE id = 3")
    client.rows('UPDATE project SET tags = %s, badges = %s WHERE id = 1', UUIDS, BADGES)
    for condition, value, ids in (
            ('team @> %s', 2, [1, 2]), ('team @> %s', '2', [1, 2]), ('team @> %s', '{1,2}', [1]), ('team @> %s', [1, 2], [1]), ('team @> %s', [], [1, 2, 3]),
            ('%s <@ team', 1, [1]), ('%s <@ team', [2], [1, 2]), ('team <@ %s', [2, 5], [2, 3]), ('team && %s', [1, 5], [1]), ('team = %s', [2], [2]), ('team = %s', '{1,2}', [1]),
            ('team <> %s', '{2}', [1, 3]), ('manager = %s', 3, [1]), ('manager = %s', '3', [1]), ('manager IN (%s, 1)', 3, [1, 3]), ('manager = ANY (%s)', [1, 3], [1, 3]),
            ('tags @> %s', UUIDS[1], [1, 2]), ('tags @> %s', [UUIDS[0], UUIDS[1]], [1]), ('badges @> %s', ['b c', 'd"e'], [1, 2]), ('badges @> %s::text', '{}', [1, 2])):
        if 'tags' in condition or 'badges' in condition:
            client.rows('UPDATE project SET tags = %s, badges = %s WHERE id = 2', UUIDS[1:], BADGES)
        same(client.ids(f'SELECT id FROM project WHERE {condition}', value), ids, f'{what}: {condition} with {value!r}')
    same(client.ids('SELECT e.id FROM project p JOIN employee e ON e.id <@ p.team WHERE p.id = %s', 1), [1, 2], f'{what}: a join')
    for expression, value, keys in (('team || %s', 5, '{1,2,5}'), ('team || %s', [5, 4], '{1,2,4,5}'), ('team || %s', '{5}', '{1,2,5}'), ('team - %s', 2, '{1}'), ('team - %s', [1, 2], '{}')):
        same(client.value(f'SELECT {expression} FROM project WHERE id = 1', value), keys, f'{what}: {expression} with {value!r}')


def check_errors(client, what):
    for name, state, query, value in (
            ('a key that does not exist', '23503', 'UPDATE project SET team = %s WHERE id = 1', [1, 999]), ('no number', '22P02', 'UPDATE project SET team = %s WHERE id = 1', 'x'),
            ('an open brace', '22P02', 'UPDATE project SET team = %s WHERE id = 1', '{1'), ('two keys for one', '21000', 'UPDATE project SET manager = %s WHERE id = 1', [1, 2]),
            ('a number that is too large', '22003', 'UPDATE project SET team = %s WHERE id = 1', '99999999999999999999'),
            ('an object without id', '22P02', 'UPDATE project SET team = %s WHERE id = 1', '[{"name": 1}]')):
        same(client.sqlstate(query, value), state, f'{what}: {name}')


def check_all(client, what, as_json):
    try:
        check_reading(client, what)
        check_writing(client, what, as_json)
        check_asking(client, what)
        check_errors(client, what)
    except Exception:
        ok(False, f'{what}: no error', traceback.format_exc())
