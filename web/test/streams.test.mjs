// Subscriptions through clients that need no WebSocket, and urql, which supports both. Each package is set up as in
// its documentation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApolloClient, CombinedGraphQLErrors, CombinedProtocolErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createEventClient, NetworkError } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';
import { until } from './client.mjs';
import { start } from './server.mjs';

let server;

before(async () => {
  server = await start();
});

after(() => server?.stop());

const headersOf = (tenant) => ({ 'X-Tenant-ID': tenant });

/** An Apollo Client whose HttpLink subscribes over multipart HTTP. */
const apollo = (tenant, to = server) =>
  new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: to.graphql, headers: headersOf(tenant) }) });

const urql = (tenant, options = {}) =>
  new Client({ url: server.graphql, fetchOptions: { headers: headersOf(tenant) }, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false, ...options });

/** urql with subscriptions over a WebSocket. */
function urqlBySocket(tenant) {
  const socket = createSocketClient({ url: server.graphql.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: headersOf(tenant) });
  const forward = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query ?? '', variables }, sink) }),
  });
  return urql(tenant, { exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription: forward })] });
}

/** A client of graphql-sse, and the methods and statuses of its requests. */
function events(tenant, options = {}) {
  const sent = [];
  const fetchFn = async (url, init) => {
    const response = await fetch(url, init);
    sent.push(`${init.method} ${response.status}`);
    return response;
  };
  return { sent, client: createEventClient({ url: server.graphql, headers: headersOf(tenant), fetchFn, retryAttempts: 0, ...options }) };
}

const byUrql = (client, query, next) => client.subscription(query, {}).subscribe((result) => next(result.error ?? result.data)).unsubscribe;
const byEvents = ({ client }, query, next) =>
  client.subscribe({ query }, { next: ({ data, errors }) => next(errors ?? data), error: next, complete() {} });

/** How each client subscribes: next gets data, or an error. */
const ways = {
  'urql, WebSocket': (tenant, query, next) => byUrql(urqlBySocket(tenant), query, next),
  'urql, fetchSubscriptions': (tenant, query, next) => byUrql(urql(tenant, { fetchSubscriptions: true }), query, next),
  'graphql-sse, distinct connections': (tenant, query, next) => byEvents(events(tenant), query, next),
  'graphql-sse, single connection': (tenant, query, next) => byEvents(events(tenant, { singleConnection: true }), query, next),
  'Apollo Client, HttpLink': (tenant, query, next) => {
    const subscription = apollo(tenant).subscribe({ query: gql(query) }).subscribe(({ data, error }) => next(error ?? data));
    return () => subscription.unsubscribe();
  },
};

const create = 'mutation($key: String!) { createProject(input: { key: $key, name: "new" }) { project { id } } }';
const rename = 'mutation($id: ID!, $name: String!) { updateProject(input: { id: $id, name: $name }) { project { id } } }';
let count = 0;
const createProject = async (tenant) =>
  (await server.ask(tenant, create, { key: `W${String.fromCharCode(65 + ++count)}` })).createProject.project;

for (const [way, subscribe] of Object.entries(ways)) {
  test(`a subscriber receives events of its tenant only: ${way}`, async () => {
    const visits = await Promise.all(['acme', 'globex'].map(async (tenant) => {
      const heard = [];
      const { id } = await createProject(tenant);
      const change = (name) => server.ask(tenant, rename, { id, name: `${name} of ${tenant}` });
      const end = subscribe(tenant, 'subscription { projectChanged { change project { name } } }', (data) => heard.push(data.projectChanged?.project.name ?? data));
      await until(() => heard.length, change);
      return { tenant, heard, change, end };
    }));
    for (const { change } of visits) {
      await change('last');
    }
    for (const { tenant, heard, end } of visits) {
      await until(() => heard.includes(`last of ${tenant}`), () => {});
      end();
      assert.deepEqual(heard.filter((name) => !`${name}`.endsWith(tenant)), []);
    }
  });
}

test('urql runs queries, mutations and pages', async () => {
  const client = urql('globex');
  const query = 'query($first: Int, $after: String) { projects(first: $first, after: $after, orderBy: NAME_ASC) { nodes { id name } pageInfo { endCursor hasNextPage } } }';
  const all = (await client.query(query, {})).data.projects.nodes;
  const names = [];
  for (let after; ;) {
    const { data, error } = await client.query(query, { first: 1, after });
    assert.ifError(error);
    names.push(...data.projects.nodes.map(({ name }) => name));
    if (!data.projects.pageInfo.hasNextPage) {
      break;
    }
    after = data.projects.pageInfo.endCursor;
  }
  assert.deepEqual(names, all.map(({ name }) => name));
  const input = { name: 'by urql', color: '#123456' };
  const label = 'mutation($input: CreateLabelInput!) { createLabel(input: $input) { label { name } } }';
  assert.deepEqual((await client.mutation(label, { input })).data.createLabel.label, { __typename: 'Label', name: 'by urql' });
  const { data, error } = await client.mutation(label, { input });
  assert.equal(data?.createLabel ?? null, null);
  assert.equal(error.graphQLErrors[0].extensions.code, 'CONFLICT');
  assert.equal(error.networkError, undefined);
});

test('urql queries by GET, and gets the error of an invalid document', async () => {
  const client = urql('acme', { preferGetMethod: 'force' });
  const { data, error } = await client.query('query($id: ID!) { node(id: $id) { id } tenant { slug } }', { id: 'VGVuYW50OjE' });
  assert.ifError(error);
  assert.equal(data.tenant.slug, 'acme');
  const refused = await client.query('{ nothing }', {});
  assert.equal(refused.error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});

test('each client gets the error of a refused subscription', async () => {
  const refused = {
    'urql, WebSocket': /nothing/, 'urql, fetchSubscriptions': /nothing/, 'graphql-sse, distinct connections': /nothing/,
    'graphql-sse, single connection': /400/, 'Apollo Client, HttpLink': /nothing/,
  };
  for (const [way, subscribe] of Object.entries(ways)) {
    const heard = [];
    const end = subscribe('acme', 'subscription { nothing }', (data) => heard.push(data));
    await until(() => heard.length, () => {});
    end();
    assert.match([heard[0]].flat()[0].message, refused[way], way);
  }
});

test('graphql-sse runs all operations over one connection', async () => {
  const { sent, client } = events('acme', { singleConnection: true, lazy: false });
  const heard = [];
  const subscribe = (name) => byEvents({ client }, 'subscription { projectChanged { change project { name } } }', () => heard.push(name));
  const [endA, endB] = [subscribe('a'), subscribe('b')];
  const { id } = await createProject('acme');
  await until(() => heard.includes('a') && heard.includes('b'), (time) => server.ask('acme', rename, { id, name: `${time}` }));
  const answers = [];
  for await (const { data } of client.iterate({ query: '{ tenant { slug } }' })) {
    answers.push(data.tenant.slug);
  }
  assert.deepEqual(answers, ['acme']);
  endA();
  await until(() => sent.includes('DELETE 200'), () => {});
  heard.length = 0;
  await until(() => heard.includes('b'), (time) => server.ask('acme', rename, { id, name: `again ${time}` }));
  assert.ok(!heard.includes('a'));
  endB();
  client.dispose();
  assert.deepEqual(sent.filter((request) => !/^DELETE 200$/.test(request)).sort(), ['GET 200', 'POST 202', 'POST 202', 'POST 202', 'PUT 201']);
});

test('Apollo Client gets an error when the server stops', async () => {
  const ending = await start();
  const heard = [];
  apollo('acme', ending).subscribe({ query: gql`subscription { projectChanged { change project { name } } }` })
    .subscribe(({ data, error }) => heard.push(error ?? data));
  const { createProject: { project: { id } } } = await ending.ask('acme', create, { key: 'END' });
  await until(() => heard.length, (time) => ending.ask('acme', rename, { id, name: `${time}` }));
  await ending.stop();
  await until(() => CombinedProtocolErrors.is(heard.at(-1)), () => {});
  assert.equal(heard.at(-1).errors[0].extensions.code, 'SUBSCRIPTION_INTERRUPTED');
  assert.ok(!heard.some((one) => CombinedGraphQLErrors.is(one) || one instanceof NetworkError));
});
