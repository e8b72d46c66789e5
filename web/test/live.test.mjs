// Subscriptions through the package graphql-ws, as front ends use it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { start } from './server.mjs';

let server;

before(async () => {
  server = await start();
});

after(() => server?.stop());

const client = (tenant, options = {}) =>
  createClient({ url: server.graphql.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { 'X-Tenant-ID': tenant }, ...options });

test('a subscriber hears of its own tenant alone', async () => {
  const heard = { acme: [], globex: [] };
  const clients = Object.keys(heard).map((tenant) => client(tenant));
  for (const [i, tenant] of Object.keys(heard).entries()) {
    clients[i].subscribe(
      { query: 'subscription { projectChanged { change project { name } } }' },
      { next: ({ data }) => heard[tenant].push(data.projectChanged), error: assert.fail, complete: () => {} },
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const create = 'mutation($name: String!) { createProject(input: { key: "LIVE", name: $name }) { project { id } } }';
  const { createProject } = await server.ask('acme', create, { name: 'of acme' });
  await server.ask('globex', create, { name: 'of globex' });
  await server.ask('acme', 'mutation($id: ID!) { deleteProject(input: { id: $id }) { deletedId } }', createProject.project);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await Promise.all(clients.map((c) => c.dispose()));
  assert.deepEqual(heard, {
    acme: [{ change: 'CREATED', project: { name: 'of acme' } }, { change: 'DELETED', project: null }],
    globex: [{ change: 'CREATED', project: { name: 'of globex' } }],
  });
});

test('a query over a socket answers and completes', async () => {
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

test('a socket that breaks the protocol is closed with the code for it', async () => {
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
