// The typed client in client/: generated from the schema that a server serves, compiled, and run against it.
import { gql } from '@apollo/client';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import WebSocket from 'ws';
import { build, shown } from './client.mjs';
import { start } from './server.mjs';

/** What was sent, over HTTP and over sockets. */
const wire = [];

globalThis.WebSocket = class extends WebSocket {
  send(text, ...parameters) {
    const { type, payload } = JSON.parse(text);
    if (type === 'subscribe') {
      wire.push(payload);
    }
    return super.send(text, ...parameters);
  }
};

let server, client, apollo, board, errors, generated, trusted;

before(async () => {
  server = await start();
  client = await build(server);
  [apollo, board, errors, trusted, generated] =
    await client.load('apollo.js', 'board.js', 'errors.js', 'trusted.js', 'generated/index.js');
});

after(async () => {
  client?.remove();
  await server?.stop();
});

function visit(at, tenant, documents) {
  return apollo.createApolloClient({
    url: at.graphql,
    tenant,
    documents,
    fetch(url, init) {
      wire.push(init.body ? JSON.parse(init.body) : Object.fromEntries(new URL(url).searchParams));
      return fetch(url, init);
    },
  });
}

test('the client compiles without a complaint', async () => {
  assert.equal((await client.compile('--noEmit')).stdout, '');
});

test('what is wrong does not compile', async () => {
  const source = `
import type { ApolloClient } from '@apollo/client';
import { Card, createItem, items, projects, Talk, updateItem } from './board.js';
import { graphql, unmask } from './generated/index.js';

export async function wrong(client: ApolloClient, at: string) {
  const [project] = await projects(client);
  console.log(project?.name, project?.counts[0]?.count);
  console.log(project.name); // TS18048: there may be none
  console.log(project?.nmae); // TS2339: no such field
  console.log(project?.itemCounts); // TS2339: a field of a fragment
  await createItem(client, { projectId: at, name: 'x', status: 'DONE' });
  await createItem(client, { projectId: at, name: 'x', status: 'DOING' }); // TS2322: no such value
  await createItem(client, { projectId: at }); // TS2741: without a name
  await createItem(client, { projectId: at, name: 'x', colour: 'red' }); // TS2353: no such field of the input
  items(client, { projectId: at, orderBy: 'DUE_AT_ASC', where: { dueAt: { lt: '2027-01-01T00:00:00Z' } } });
  items(client, { projectId: at, orderBy: 'EMAIL_ASC' }); // TS2322: an order of something else
  items(client, { projectId: at, where: { dueAt: { lt: 2027 } } }); // TS2322: no text
  items(client, {}); // TS2741: without a project
  items(client, { projectId: at }).subscribe((result) => {
    console.log(result.data.project); // TS18048: it may not be there yet
    if (result.dataState === 'streaming') {
      const [item] = result.data.project?.items.nodes ?? [];
      console.log(item && unmask(Card, item).assignee?.name);
      console.log(item && unmask(Card, item).assignee.name); // TS2531: there may be none
      console.log(item && unmask(Talk, item).comments); // TS2769: it is deferred
    }
    if (result.dataState === 'complete') {
      const [item] = result.data.project?.items.nodes ?? [];
      console.log(item && unmask(Talk, item).comments);
      console.log(item?.status); // TS2339: a field of a fragment
      if (item) {
        void updateItem(client, item, { priority: 'HIGH', assigneeId: null });
        void updateItem(client, item, { id: item.id }); // TS2353: no change
      }
    }
  });
  await client.query({ query: graphql('{ tenant { slug } }') }); // TS2769: the generator has not seen it
}
`;
  const file = join(client.source, 'wrong.ts');
  writeFileSync(file, source);
  const { stdout } = await client.compile('--noEmit', '--pretty', 'false').then(() => assert.fail('it compiles'), (error) => error);
  const found = Array.from(stdout.matchAll(/wrong\.ts\((\d+),\d+\): error (TS\d+)/g), ([, line, code]) => `${line} ${code}`);
  const expected = source.split('\n').flatMap((line, i) => Array.from(line.matchAll(/\/\/ (TS\d+): /g), ([, code]) => `${i + 1} ${code}`));
  assert.deepEqual(found, expected, stdout);
});

/** The items of a list, once something holds for them. */
const listed = async (list, holds, patience) =>
  (await shown(list, ({ project }, { dataState }) => holds(project.items, dataState), patience)).project.items;

const card = (item) => generated.unmask(board.Card, item);
const names = ({ nodes }) => nodes.map((item) => card(item).name);
const done = ({ counts }) => counts.find(({ status }) => status === 'DONE')?.count ?? 0;

/** Works on the first board of a demo tenant, concurrently with another user. */
async function play(mine, others, expected) {
  const [project] = await board.projects(mine);
  assert.equal(project.name, expected.project);
  const projectId = project.id;

  const list = board.items(mine, { projectId, first: 3 });
  const talks = [];
  const watching = list.subscribe(({ data }) => data && talks.push(data.project.items.nodes.map((item) => board.talk(item)?.length)));
  const three = await listed(list, (items, state) => state === 'complete');
  assert.deepEqual(names(three), expected.names.slice(0, 3));
  assert.equal(three.totalCount, 4);
  assert.deepEqual([talks.at(0), talks.at(-1)], [[undefined, undefined, undefined], expected.talks]);
  assert.equal(await board.more(list), true);
  const four = await listed(list, ({ nodes }, state) => nodes.length === 4 && state === 'complete');
  assert.deepEqual(names(four), expected.names);
  assert.equal(await board.more(list), false);

  const { id } = await board.createItem(mine, { projectId, name: 'mine', status: 'DONE' });
  const five = await listed(list, (items) => names(items)[0] === 'mine' && items.totalCount === 5);
  const sent = wire.length;
  assert.equal(done((await board.projects(mine))[0]), done(project) + 1);
  assert.equal(wire.length, sent, 'the cache knows the counts');

  const urgent = board.items(mine, { projectId, where: { priority: { eq: 'URGENT' } } });
  const watchingUrgent = urgent.subscribe(() => {});
  await listed(urgent, (items, state) => state === 'complete' && !names(items).includes('mine'));
  await board.updateItem(mine, five.nodes[0], { name: 'renamed', priority: 'URGENT' });
  await listed(urgent, (items) => names(items).includes('renamed'));
  const renamed = await listed(list, (items) => names(items)[0] === 'renamed');
  assert.equal(card(renamed.nodes[0]).version, card(five.nodes[0]).version + 1);
  const error = await board.updateItem(mine, five.nodes[0], { name: 'late' }).then(assert.fail, (e) => e);
  assert.equal(errors.codeOf(error), 'CONFLICT');

  const following = board.follow(mine, projectId, assert.fail);
  const theirs = [];
  for (let heard = false; !heard;) { // a client can't see when a subscription has begun
    theirs.unshift(await board.createItem(others, { projectId, name: `theirs ${theirs.length}` }));
    assert.ok(theirs.length < 50, 'nothing was heard');
    heard = await listed(list, (items) => names(items)[0] === `theirs ${theirs.length - 1}`, 200).then(() => true, () => false);
  }
  await board.createItem(mine, { projectId, name: 'told twice' });
  await board.updateItem(others, theirs[0], { name: 'theirs, renamed', priority: 'URGENT' });
  await listed(urgent, (items) => names(items).includes('theirs, renamed'));
  await listed(list, (items) => isDeepStrictEqual(names(items).slice(0, 2), ['told twice', 'theirs, renamed']));
  await board.deleteItem(others, theirs[0].id);
  await listed(list, (items) => !names(items).includes('theirs, renamed'));

  await board.deleteItem(mine, id);
  const left = await listed(list, (items) => !names(items).includes('renamed'));
  assert.equal(left.totalCount, left.nodes.length);
  assert.equal(done((await board.projects(mine))[0]), done(project));
  following.unsubscribe();
  watching.unsubscribe();
  watchingUrgent.unsubscribe();
}

const demo = {
  acme: {
    project: 'Courier app',
    names: ['Explain the hand-over codes', 'Large type for gloves', 'Route ignores closed bridges', 'Scan parcels offline'],
    talks: [0, 0, 1],
  },
  globex: {
    project: 'Fusion pilot',
    names: ['Hammocks for the break room', 'Evacuation plan for visitors', 'Longer pulses', 'Magnet three runs warm'],
    talks: [1, 0, 0],
  },
};

test('a board of another tenant can be neither read nor subscribed to', async () => {
  const [{ id: projectId }] = await board.projects(visit(server, 'acme'));
  const globex = visit(server, 'globex');
  const { data } = await globex.query(board.items(globex, { projectId }).options);
  assert.equal(data.project, null);
  const error = await new Promise((resolve) => board.follow(globex, projectId, resolve));
  assert.equal(errors.codeOf(error), 'NOT_FOUND');
});

for (const [tenant, expected] of Object.entries(demo)) {
  test(`the board of ${tenant} shows changes by other users`, () => play(visit(server, tenant), visit(server, tenant), expected));
}

test('with trusted documents, the client sends hashes only, and other documents are refused', async (t) => {
  const strict = await start(`--documents=${client.generated}`, '--trusted-documents=only');
  t.after(() => strict.stop());
  wire.length = 0;
  for (const [tenant, expected] of Object.entries(demo)) {
    await play(visit(strict, tenant, trusted.trustedDocuments), visit(strict, tenant, trusted.trustedDocuments), expected);
  }
  assert.ok(wire.length > 20);
  assert.deepEqual(wire.filter(({ query }) => query), []);

  const ask = async (body) => {
    const headers = { 'Content-Type': 'application/json', 'X-Tenant-ID': 'acme' };
    const answer = await fetch(strict.graphql, { method: 'POST', headers, body: JSON.stringify(body) });
    const { data, errors } = await answer.json();
    return errors?.[0].extensions.code ?? data;
  };
  const documents = JSON.parse(readFileSync(join(client.generated, 'persisted-documents.json'), 'utf8'));
  const [documentId] = Object.entries(documents).find(([, text]) => text.includes('query Projects'));
  for (const id of [documentId, documentId.replace('sha256:', '')]) {
    const { projects } = await ask({ documentId: id });
    assert.equal(projects.nodes[0].name, 'Courier app');
  }
  for (const text of ['{ tenant { slug } }', '{ __schema { queryType { name } } }', 'mutation { deleteItem(input: { id: "x" }) { deletedId } }']) {
    assert.equal(await ask({ query: text }), 'FORBIDDEN');
  }
  assert.equal(await ask({ documentId: `sha256:${'0'.repeat(64)}` }), 'PERSISTED_QUERY_NOT_FOUND');
  const query = gql`query Stray { tenant { slug } }`;
  const error = await visit(strict, 'acme').query({ query }).then(assert.fail, (e) => e);
  assert.equal(errors.codeOf(error), 'FORBIDDEN');
  await assert.rejects(visit(strict, 'acme', trusted.trustedDocuments).query({ query }), /the code generator has not seen/);
});
