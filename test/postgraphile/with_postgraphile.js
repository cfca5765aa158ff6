// A schema made with interlink, served by PostGraphile over HTTP.  The server is the one that PGHOST and so on name.
import fs from 'node:fs';
import http from 'node:http';
import util from 'node:util';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';

let count = 0;
let failed = 0;

function same(found, expected, name) {
    const holds = util.isDeepStrictEqual(found, expected);
    count++;
    if (!holds) failed++;
    console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${name}`);
    if (!holds) console.log(`# found ${util.inspect(found, { depth: 9, breakLength: Infinity })}\n# expected ${util.inspect(expected, { depth: 9, breakLength: Infinity })}`);
}

// Everything that is said while the work is done.
async function listen(work) {
    const said = [];
    const kept = {};
    for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
        kept[level] = console[level];
        console[level] = (...words) => said.push(util.format(...words).split('\n')[0]);
    }
    try {
        return [await work(), said];
    } finally {
        Object.assign(console, kept);
    }
}

const servers = [];

// The configuration that the documentation shows.
async function documented() {
    const page = fs.readFileSync(new URL('../../doc/graphql.md', import.meta.url), 'utf8');
    const file = new URL('graphile.config.mjs', import.meta.url);
    fs.writeFileSync(file, page.match(/^```js\n(.*?)^```$/ms)[1]);
    return (await import(file)).default;
}

// Serves with this configuration; returns what asks it, and what it had to say.
async function serve(preset) {
    const server = http.createServer();
    const open = { ...preset, grafserv: { maskError: (error) => error } };
    const [instance, said] = await listen(async () => {
        const made = postgraphile(open);
        await made.createServ(grafserv).addTo(server);
        await made.getSchema();
        return made;
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push({ server, instance });
    const url = `http://127.0.0.1:${server.address().port}/graphql`;
    const answer = async (query) => {
        const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
        return response.json();
    };
    const ask = async (query) => {
        const { data, errors } = await answer(query);
        if (errors) throw new Error(`${query}: ${errors.map((error) => error.message).join('; ')}`);
        return data;
    };
    const refused = async (query) => ((await answer(query)).errors ?? []).map((error) => error.message);
    return { ask, refused, said };
}

const typeName = (type) => (type.name ? type.name : `${typeName(type.ofType)}${type.kind === 'LIST' ? '[]' : '!'}`);

// The fields of a type, or of the input type, and their types.
async function fieldsOf(ask, type) {
    const ofType = 'type { kind name ofType { kind name ofType { kind name } } }';
    const { __type } = await ask(`{ __type(name: "${type}") { fields { name ${ofType} } inputFields { name ${ofType} } } }`);
    return Object.fromEntries((__type.fields ?? __type.inputFields).map((field) => [field.name, typeName(field.type)]));
}

const pick = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name]]));

async function checkTypes({ ask, said }) {
    const linkOnly = said.filter((line) => !/^Could not build PgCodec for 'interlink\.link'/.test(line));
    same(linkOnly, [], 'PostGraphile has nothing to say but that it does not know the type of link columns');
    same(said.length > 0, true, 'which it does say');

    const person = await fieldsOf(ask, 'Person');
    same(pick(person, 'companyByEmployerId', 'personByBossId'), { companyByEmployerId: 'Company', personByBossId: 'Person' }, 'a many_to_one link is a relation forward');
    same(pick(person, 'peopleByBossId'), { peopleByBossId: 'PersonConnection!' }, 'and backward, of a table with itself as well');
    const company = await fieldsOf(ask, 'Company');
    same(pick(company, 'peopleByEmployerId'), { peopleByEmployerId: 'PersonConnection!' }, 'or with another');
    const project = await fieldsOf(ask, 'Project');
    same([project.companyByClientId, company.projectsByClientId], ['Company', 'ProjectConnection!'], 'a one_to_many link is one, too');
    same([(await fieldsOf(ask, 'Badge')).personByHolderId, person.badgeByHolderId], ['Person', 'Badge'], 'a one_to_one link leads to one row, either way');
    const junction = await fieldsOf(ask, 'ProjectTeam');
    same(pick(junction, 'projectBySource', 'personByTarget'), { projectBySource: 'Project', personByTarget: 'Person' }, 'a many_to_many link goes through its junction');
    same([project.projectTeamsBySource, person.projectTeamsByTarget], ['ProjectTeamConnection!', 'ProjectTeamConnection!'], 'from both sides');
    same(pick(company, 'headCount', 'wages', 'teamWages'), { headCount: 'BigInt', wages: 'BigInt', teamWages: 'BigFloat' }, 'rollups are fields');
    same(pick(project, 'names', 'teamSize'), { names: 'String', teamSize: 'BigInt' }, 'of text and counts');
    same([person.city, project.teamEmails], ['String', 'String[]'], 'lookups are fields, of one row and of several');
    same(['employer' in person, 'badge' in person, 'staff' in company, 'team' in project], [false, false, false, false], 'link columns are left out');
    same([person.worksFor, person.colleagues], ['CompanyConnection!', 'PersonConnection!'], 'accessors are fields');
    same(company.person, 'PersonConnection!', 'also one that is called like a table');
    const patch = await fieldsOf(ask, 'ProjectPatch');
    same(['teamSize' in patch, 'names' in patch], [false, true], 'a smart tag in the comment of a field keeps it out of inputs');
    const { __type } = await ask('{ __type(name: "Person") { fields { name description } } }');
    same(__type.fields.find((field) => field.name === 'worksFor').description, 'the employer', 'the comment of a relation is the description of its field');
}

const companies = '{ allCompanies(orderBy: PRIMARY_KEY_ASC) { nodes { name headCount wages teamWages peopleByEmployerId { nodes { name } } } } }';
const companiesAre = (data) => data.allCompanies.nodes.map((node) => [node.name, node.headCount, node.wages, node.teamWages, node.peopleByEmployerId.nodes.map((person) => person.name)]);

async function checkReading({ ask }) {
    same(companiesAre(await ask(companies)), [['Alpha', '2', '30', '0', ['Ann', 'Ben']], ['Beta', '1', '40', '50', ['Cleo']]], 'rollups beside the rows that they sum up');
    const { personByRowId: ann } = await ask('{ personByRowId(rowId: 1) { city companyByEmployerId { name } badgeByHolderId { colour } peopleByBossId { nodes { name } } worksFor { nodes { name headCount } } colleagues { nodes { name } } projectTeamsByTarget { nodes { projectBySource { title names teamEmails teamSize } } } } }');
    same(ann.city, 'Bonn', 'a lookup');
    same(ann.companyByEmployerId, { name: 'Alpha' }, 'forward');
    same(ann.badgeByHolderId, { colour: 'red' }, 'one to one');
    same(ann.peopleByBossId.nodes, [{ name: 'Ben' }], 'backward');
    same(ann.worksFor.nodes, [{ name: 'Alpha', headCount: '2' }], 'an accessor to one row');
    same(ann.colleagues.nodes, [{ name: 'Ann' }, { name: 'Ben' }], 'an accessor over a path');
    same(ann.projectTeamsByTarget.nodes, [{ projectBySource: { title: 'Roof', names: 'Ann, Cleo', teamEmails: ['ann@example.org'], teamSize: '2' } }], 'through the junction');
    same((await ask('{ companyByRowId(rowId: 1) { person { nodes { name } } } }')).companyByRowId.person.nodes, [{ name: 'Ann' }, { name: 'Ben' }], 'the accessor that is called like a table');
}

async function checkMoving({ ask }) {
    const moved = await ask(`mutation { updatePersonByRowId(input: { rowId: 2, personPatch: { employerId: 2 } }) {
        person { name city companyByEmployerId { name headCount wages } } query ${companies} } }`);
    same(moved.updatePersonByRowId.person, { name: 'Ben', city: 'Oslo', companyByEmployerId: { name: 'Beta', headCount: '2', wages: '60' } }, 'a mutation moves a link and shows what follows from it');
    const after = [['Alpha', '1', '10', '0', ['Ann']], ['Beta', '2', '60', '50', ['Ben', 'Cleo']]];
    same(companiesAre(moved.updatePersonByRowId.query), after, 'on both sides');
    same(companiesAre(await ask(companies)), after, 'and so does the query right after it');

    await ask('mutation { createProjectTeam(input: { projectTeam: { source: 1, target: 2 } }) { clientMutationId } }');
    same(await ask('{ projectByRowId(rowId: 1) { names teamSize wages teamEmails } }'), { projectByRowId: { names: 'Ann, Ben, Cleo', teamSize: '3', wages: '70', teamEmails: ['ann@example.org', 'ben@example.org'] } }, 'a row of the junction is a link');
    await ask('mutation { deleteProjectTeamBySourceAndTarget(input: { source: 1, target: 1 }) { clientMutationId } }');
    same(await ask('{ projectByRowId(rowId: 1) { names teamSize } companyByRowId(rowId: 2) { teamWages } }'), { projectByRowId: { names: 'Ben, Cleo', teamSize: '2' }, companyByRowId: { teamWages: '60' } }, 'until it is deleted');

    await ask('mutation { updateBadgeByRowId(input: { rowId: 1, badgePatch: { holderId: 3 } }) { clientMutationId } }');
    same(await ask('{ a: personByRowId(rowId: 1) { badgeByHolderId { colour } } b: personByRowId(rowId: 3) { badgeByHolderId { colour } } }'), { a: { badgeByHolderId: null }, b: { badgeByHolderId: { colour: 'red' } } }, 'a one_to_one link moves');

    const { createPerson } = await ask('mutation { createPerson(input: { person: { rowId: 4, name: "Dan", wage: 1, employerId: 1 } }) { person { city companyByEmployerId { headCount } } } }');
    same(createPerson.person, { city: 'Bonn', companyByEmployerId: { headCount: '2' } }, 'a row that is created shows its lookups, and what follows from it');
    await ask('mutation { deletePersonByRowId(input: { rowId: 4 }) { clientMutationId } }');
    same((await ask('{ companyByRowId(rowId: 1) { headCount wages } }')).companyByRowId, { headCount: '1', wages: '10' }, 'a row that is deleted is unlinked');
}

async function checkErrors({ ask, refused }) {
    same(await refused('mutation { updateCompanyByRowId(input: { rowId: 1, companyPatch: { headCount: "7" } }) { clientMutationId } }'), ['column "head_count" of table "company" can only be computed'], 'a rollup cannot be written');
    same(await refused('mutation { updateCompanyByRowId(input: { rowId: 1, companyPatch: { name: "Alfa", headCount: "1" } }) { clientMutationId } }'), [], 'unless it is the value that stands');
    same(await refused('mutation { updateBadgeByRowId(input: { rowId: 2, badgePatch: { holderId: 3 } }) { clientMutationId } }'), ['duplicate key value violates unique constraint "badge_holder_id_key"'], 'what is taken is refused');
    same(await refused('mutation { createProjectTeam(input: { projectTeam: { source: 1, target: 99 } }) { clientMutationId } }'), ['insert or update on table "project_team" violates foreign key constraint "project_team_target_fkey"'], 'so is what is not there');
    same(await ask('{ companyByRowId(rowId: 1) { name headCount } badgeByRowId(rowId: 2) { holderId } }'), { companyByRowId: { name: 'Alfa', headCount: '1' }, badgeByRowId: { holderId: null } }, 'and leaves nothing behind');
}

async function checkLinkColumns({ ask, said }) {
    same(said, [], 'with the plugin of the documentation PostGraphile has nothing to say');
    same(pick(await fieldsOf(ask, 'Person'), 'employer', 'reports', 'projects'), { employer: 'String[]', reports: 'String[]!', projects: 'String[]!' }, 'link columns are lists of keys');
    const mutation = (projects, boss) => `mutation { updatePersonByRowId(input: { rowId: 2, personPatch: { projects: ${projects}, boss: ${boss} } }) { person { projects boss bossId worksFor { nodes { staff } } } } }`;
    same((await ask(mutation('["2", "1"]', '["3"]'))).updatePersonByRowId.person, { projects: ['1', '2'], boss: ['3'], bossId: 3, worksFor: { nodes: [{ staff: ['2', '3'] }] } }, 'and can be written as such; accessors can be used in what a mutation returns');
    same(await ask('{ projectByRowId(rowId: 2) { team names } personByRowId(rowId: 3) { reports } }'), { projectByRowId: { team: ['2', '3'], names: 'Ben, Cleo' }, personByRowId: { reports: ['2'] } }, 'which the other side shows');
    same((await ask(mutation('[]', 'null'))).updatePersonByRowId.person, { projects: [], boss: null, bossId: null, worksFor: { nodes: [{ staff: ['2', '3'] }] } }, 'also when it is emptied');
    const { updateCompanyByRowId: written } = await ask('mutation { updateCompanyByRowId(input: { rowId: 2, companyPatch: { staff: ["2"] } }) { company { headCount } query { companyByRowId(rowId: 2) { headCount wages } } } }');
    same(written, { company: { headCount: '2' }, query: { companyByRowId: { headCount: '1', wages: '20' } } }, 'a rollup of the very row that is written shows in the next query');
}

async function checkArrays({ ask, said }) {
    same(said, [], 'with arrays in place of links PostGraphile has nothing to say');
    const project = await fieldsOf(ask, 'Project');
    same(pick(project, 'team', 'manager', 'managerId', 'wages'), { team: 'Int[]!', manager: 'Int[]', managerId: 'Int', wages: 'BigInt' }, 'they are lists of keys');
    const { updateProjectByRowId: moved } = await ask('mutation { updateProjectByRowId(input: { rowId: 1, projectPatch: { team: [2, 3], manager: [2] } }) { project { team managerId personByManagerId { name manages } } query { projectByRowId(rowId: 1) { wages team } } } }');
    same(moved, { project: { team: [2, 3], managerId: 2, personByManagerId: { name: 'Ben', manages: [1] } }, query: { projectByRowId: { wages: '60', team: [2, 3] } } }, 'and can be written as such');
    await ask('mutation { updatePersonByRowId(input: { rowId: 1, personPatch: { projects: [1] } }) { clientMutationId } }');
    same((await ask('{ projectByRowId(rowId: 1) { team wages } }')).projectByRowId, { team: [1, 2, 3], wages: '70' }, 'from either side');
}

async function main() {
    const client = new pg.Client({});
    await client.connect();
    await client.query(fs.readFileSync(new URL('tables.sql', import.meta.url), 'utf8'));

    const { HOST, PORT, USER, DATABASE } = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name.replace(/^PG/, ''), value]));
    const connectionString = process.env.DATABASE_URL = `postgres:///${DATABASE}?host=${HOST}&port=${PORT}&user=${USER}`;
    const config = await documented();
    const plain = await serve({ ...config, plugins: [] });
    await checkTypes(plain);
    await checkReading(plain);
    await checkMoving(plain);
    await checkErrors(plain);
    await checkLinkColumns(await serve(config));
    await checkArrays(await serve({ ...config, plugins: [], pgServices: [makePgService({ connectionString, schemas: ['arrays'] })] }));
    same((await client.query('SELECT * FROM interlink.audit()')).rows, [], 'the audit is empty');
    await client.end();
}

main().catch((error) => {
    failed++;
    console.log(`not ok ${++count} - no error\n# ${String(error.stack).replace(/\n/g, '\n# ')}`);
}).finally(async () => {
    for (const { server, instance } of servers) {
        server.closeAllConnections();
        server.close();
        await instance.release();
    }
    console.log(`1..${count}`);
    process.exit(failed ? 1 : 0);
});
