// Subscriptions through the package graphql-ws, as front ends use it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { until } from './client.mjs';
import { start } from './server.mjs';

let server;

before(async () => {
  server = await start();
});

after(() => server?.stop());

const client = (tenant, options = {}) =>
  createClient({ url: server.graphql.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { 'X-Tenant-ID': tenant }, ...options });

test('a subscriber receives events of its tenant only', async () => {
  const create = 'mutation($key: String!, $name: String!) { createProject(input: { key: $key, name: $name }) { project { id } } }';
  const update = 'mutation($id: ID!, $name: String!) { updateProject(input: { id: $id, name: $name }) { project { id } } }';
  const visits = await Promise.all(['acme', 'globex'].map(async (tenant) => {
    const heard = [], c = client(tenant);
    c.subscribe(
      { query: 'subscription { projectChanged { change projectId project { name } } }' },
      { next: ({ data }) => heard.push(data.projectChanged), error: assert.fail, complete: () => {} },
    );
    const { project: { id } } = (await server.ask(tenant, create, { key: 'FIRST', name: 'first' })).createProject;
    await until(() => heard.some(({ projectId }) => projectId === id), (time) => server.ask(tenant, update, { id, name: `${time}` }));
    return { client: c, since: () => heard.filter(({ projectId }) => projectId !== id).map(({ change, project }) => [change, project?.name]) };
  }));
  const { createProject } = await server.ask('acme', create, { key: 'LIVE', name: 'of acme' });
  await server.ask('globex', create, { key: 'LIVE', name: 'of globex' });
  await server.ask('acme', 'mutation($id: ID!) { deleteProject(input: { id: $id }) { deletedId } }', createProject.project);
  const [acme, globex] = visits.map(({ since }) => since);
  await until(() => acme().length >= 2 && globex().length >= 1, () => {});
  assert.deepEqual(acme(), [['CREATED', 'of acme'], ['DELETED', undefined]]);
  assert.deepEqual(globex(), [['CREATED', 'of globex']]);
  await Promise.all(visits.map(({ client }) => client.dispose()));
});

test('a query over a socket gets its result and completes', async () => {
  const c = client('globex');
  const answers = [];
  for await (const { data } of c.iterate({ query: '{ tenant { slug } }' })) {
    answers.push(data);
  }
  await c.dispose();
  assert.deepEqual(answers, [{ tenant: { slug: 'globex' } }]);
});

test('a socket without a known tenant is closed with 4403', async () => {
  for (const tenant of ['nobody', '']) {
    const closed = await new Promise((resolve) => client(tenant).subscribe({ query: '{ tenant { slug } }' }, { next: assert.fail, error: resolve, complete: assert.fail }));
    assert.equal(closed.code, 4403);
    assert.match(closed.reason, /^Forbidden: TENANT_/);
  }
});

test('a socket that violates the protocol is closed with the matching code', async () => {
  const init = '{"type":"connection_init","payload":{"X-Tenant-ID":"acme"}}';
  const listen = '{"id":"a","type":"subscribe","payload":{"query":"subscription { projectChanged { change } }"}}';
  const codes = { 4400: ['hello'], 4401: [listen], 4403: ['{"type":"connection_init"}'], 4408: [], 4409: [init, listen, listen], 4429: [init, init] };
  const closed = Object.values(codes).map((messages) => new Promise((resolve, reject) => {
    const socket = new WebSocket(server.graphql.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('open', () => messages.forEach((message) => socket.send(message)));
    socket.on('close', resolve);
    socket.on('error', reject);
  }));
  assert.deepEqual(await Promise.all(closed), Object.keys(codes).map(Number));
});
