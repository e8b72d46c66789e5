// Apollo Client 4, set up as in client/apollo.ts, on a real server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { register } from 'node:module';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import WebSocket from 'ws';
import { build, shown, until } from './client.mjs';
import { start } from './server.mjs';

// Resolve packages as bundlers do in development, where Apollo Client logs warnings.
const resolve = '(name, context, next) => next(name, { ...context, conditions: [...context.conditions, "development"] })';
register(`data:text/javascript,export const resolve = ${encodeURIComponent(resolve)}`);
const { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, Observable, gql } = await import('@apollo/client');
const { Defer20220824Handler, GraphQL17Alpha9Handler } = await import('@apollo/client/incremental');
const { PersistedQueryLink } = await import('@apollo/client/link/persisted-queries');
const { print, stripTypename } = await import('@apollo/client/utilities');
const { createClient: createEventClient } = await import('graphql-sse');

/** All open sockets, so that a test can break one. */
const sockets = [];
// Required by Node before 22; the class belongs to this test.
globalThis.WebSocket = class extends WebSocket {
  constructor(...parameters) {
    super(...parameters);
    sockets.push(this);
  }
};

/** The warnings of Apollo Client. */
const complaints = [];
for (const level of ['warn', 'error']) {
  console[level] = (...message) => complaints.push(message);
}

let server, client, apollo, cache, errors;

before(async () => {
  server = await start();
  client = await build(server);
  [apollo, cache, errors] = await client.load('apollo.js', 'cache.js', 'errors.js');
});

after(async () => {
  client?.remove();
  await server?.stop();
});

/** The HTTP requests of all clients. */
const wire = [];

/** A client of a tenant, and its HTTP requests. */
function visit(tenant, options = {}) {
  const sent = [];
  const recorded = async (url, { method, body, headers, signal }) => {
    const { searchParams } = new URL(url);
    const got = Object.fromEntries(['query', 'operationName', 'variables', 'extensions'].map((name) => [name, searchParams.get(name)]));
    const request = { method, headers, ...(body ? JSON.parse(body) : { ...got, extensions: JSON.parse(got.extensions) }) };
    sent.push(request);
    wire.push(request);
    const response = await fetch(url, { method, body, headers, signal });
    request.status = response.status;
    request.answer = response.clone().text().catch(() => undefined); // of a request that was given up
    return response;
  };
  return { client: apollo.createApolloClient({ url: server.graphql, tenant, fetch: recorded, ...options }), sent };
}

let count = 0;

/** Creates a project, a member, a label, an item and a comment. */
async function scene(tenant = 'acme') {
  const n = ++count;
  const key = `S${String.fromCharCode(65 + Math.floor(n / 26), 65 + n % 26)}`;
  const { createProject: { project }, createMember: { member }, createLabel: { label } } = await server.ask(tenant, `
    mutation($key: String!, $email: String!, $label: String!) {
      createProject(input: { key: $key, name: "a project" }) { project { id } }
      createMember(input: { name: "a member", email: $email }) { member { id } }
      createLabel(input: { name: $label, color: "#123456" }) { label { id } }
    }`, { key, email: `member${n}@example.com`, label: `label ${n}` });
  const { createItem: { item } } = await server.ask(tenant, `
    mutation($project: ID!, $member: ID!) {
      createItem(input: { projectId: $project, assigneeId: $member, name: "an item" }) { item { id } }
    }`, { project: project.id, member: member.id });
  const { createComment: { comment } } = await server.ask(tenant, `
    mutation($item: ID!, $label: ID!) {
      addItemLabel(input: { itemId: $item, labelId: $label }) { item { id } }
      createComment(input: { itemId: $item, body: "a comment" }) { comment { id } }
    }`, { item: item.id, label: label.id });
  return { project: project.id, member: member.id, label: label.id, item: item.id, comment: comment.id };
}

test('the cache configuration has every interface and connection of the schema', async () => {
  const { __schema: { types } } = await server.ask('acme', `
    { __schema { types { name possibleTypes { name } fields { name type { name ofType { name } } } } } }`);
  const abstract = types.filter((type) => type.possibleTypes?.length);
  const possibleTypes = abstract.map((type) => [type.name, type.possibleTypes.map(({ name }) => name).sort()]);
  assert.deepEqual(Object.entries(cache.possibleTypes).map(([name, all]) => [name, all.toSorted()]), possibleTypes);
  let connections = 0;
  for (const { name: type, fields } of types) {
    for (const { name } of fields?.filter((field) => /Connection$/.test((field.type.ofType ?? field.type).name)) ?? []) {
      connections++;
      const { keyArgs } = cache.typePolicies[type]?.fields?.[name] ?? assert.fail(`${type}.${name} has no policy`);
      assert.ok(keyArgs({ where: {} }, {}).includes('orderBy'), `${type}.${name}`);
    }
  }
  assert.ok(connections > 5);
});

test('a repeated query is served from the cache', async () => {
  const { client, sent } = visit('acme');
  const query = gql`query Once { tenant { id slug } }`;
  for (let i = 0; i < 3; i++) {
    const { data } = await client.query({ query });
    assert.equal(data.tenant.slug, 'acme');
  }
  assert.equal(sent.filter(({ status }) => status === 200).length, 1);
});

test('a query by id finds an object that another query has read', async () => {
  const { item } = await scene();
  const { client, sent } = visit('acme');
  await client.query({ query: gql`query List { items { nodes { id name } } }` });
  const before = sent.length;
  const { data } = await client.query({ query: gql`query ById($id: ID!) { item(id: $id) { id name } }`, variables: { id: item } });
  assert.equal(data.item.name, 'an item');
  assert.equal(sent.length, before);
});

test('an error has its code, and a validation error its fields', async () => {
  const { client } = visit('acme');
  const { item, project } = await scene();
  const CreateItem = gql`mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }`;
  const CreateProject = gql`mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }`;
  const DeleteItem = gql`mutation($input: DeleteItemInput!) { deleteItem(input: $input) { deletedId } }`;
  const { key } = (await server.ask('acme', 'query($id: ID!) { project(id: $id) { key } }', { id: project })).project;
  for (const [code, send] of [
    ['BAD_USER_INPUT', () => client.mutate({ mutation: CreateItem, variables: { input: { projectId: project, name: '' } } })],
    ['CONFLICT', () => client.mutate({ mutation: CreateProject, variables: { input: { key, name: 'taken' } } })],
    ['NOT_FOUND', () => visit('globex').client.mutate({ mutation: DeleteItem, variables: { input: { id: item } } })],
    ['GRAPHQL_VALIDATION_FAILED', () => client.query({ query: gql`{ nonsense }` })],
  ]) {
    const error = await send().then(() => assert.fail(`no ${code}`), (e) => e);
    assert.ok(CombinedGraphQLErrors.is(error), `${code}: ${error}`);
    assert.equal(errors.codeOf(error), code);
    if (code === 'BAD_USER_INPUT') {
      assert.deepEqual(error.errors[0].extensions.fields.map(({ path }) => path), [['input', 'name']]);
    }
  }
});

test('an unknown tenant gets one error, with its code', async () => {
  const { client, sent } = visit('nobody');
  const error = await client.query({ query: gql`{ tenant { id } }` }).then(assert.fail, (e) => e);
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.equal(errors.codeOf(error), 'TENANT_UNAVAILABLE');
  assert.equal(sent.length, 1);
  assert.equal(errors.codeOf(new TypeError('fetch failed')), undefined);
});

test('a stopped client closes its socket', async () => {
  const { client } = visit('acme');
  const before = sockets.length;
  const listening = client.subscribe({ query: gql`subscription { projectChanged { projectId } }` }).subscribe(() => {});
  while (sockets[before]?.readyState !== WebSocket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const closed = new Promise((resolve) => sockets[before].on('close', resolve));
  await client.close();
  await closed;
  listening.unsubscribe();
});

test('a query is retried when the server is unreachable, and a mutation is not', async () => {
  let broken = 1, tries = 0;
  const flaky = (...request) => {
    tries++;
    return broken-- > 0 ? Promise.reject(new TypeError('fetch failed')) : fetch(...request);
  };
  const { client } = visit('acme', { fetch: flaky });
  const { data } = await client.query({ query: gql`query Again { tenant { slug } }` });
  assert.equal(data.tenant.slug, 'acme');
  [broken, tries] = [1, 0];
  const mutation = gql`mutation { createLabel(input: { name: "once", color: "#000000" }) { label { id } } }`;
  await assert.rejects(client.mutate({ mutation }), /fetch failed/);
  assert.equal(tries, 1);
});

/** The method of each request, whether it had a document, and the status of the response. */
const summary = (sent) => sent.map(({ method, query, status }) => `${method} ${query ? 'document' : 'hash'} ${status}`);

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

test('a document is sent once, then its hash, by GET', async () => {
  const { client, sent } = visit('acme');
  const query = gql`query Persisted { tenant { slug } }`;
  for (const fetchPolicy of ['network-only', 'network-only']) {
    const { data } = await client.query({ query, fetchPolicy });
    assert.equal(data.tenant.slug, 'acme');
  }
  assert.deepEqual(summary(sent), ['GET hash 400', 'POST document 200', 'GET hash 200']);
  assert.match(await sent[0].answer, /PERSISTED_QUERY_NOT_FOUND/);
  for (const { extensions } of sent) {
    assert.equal(extensions.persistedQuery.sha256Hash, sha256(sent[1].query));
  }
});

test('a mutation is sent once, then its hash, by POST', async () => {
  const { client, sent } = visit('acme');
  const mutation = gql`mutation Persisted($name: String!) { createLabel(input: { name: $name, color: "#000000" }) { label { id name } } }`;
  for (const name of ['persisted 1', 'persisted 2']) {
    const { data } = await client.mutate({ mutation, variables: { name } });
    assert.equal(data.createLabel.label.name, name);
  }
  assert.deepEqual(summary(sent), ['POST hash 400', 'POST document 200', 'POST hash 200']);
  assert.equal(sent[2].extensions.persistedQuery.sha256Hash, sha256(sent[1].query));
});

test('without GET, a query is also sent once by POST', async () => {
  const { client, sent } = visit('acme', { documents: new PersistedQueryLink({ sha256 }) });
  const query = gql`query Posted { tenant { slug } }`;
  await client.query({ query, fetchPolicy: 'network-only' });
  await client.query({ query, fetchPolicy: 'network-only' });
  assert.deepEqual(summary(sent), ['POST hash 400', 'POST document 200', 'POST hash 200']);
});

const rename = (tenant, id, name) => server.ask(tenant, `
  mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { id } } }`, { input: { id, name } });

/** A client that subscribes over Server-Sent Events. */
function listen(tenant) {
  const events = createEventClient({ url: server.graphql, headers: { 'X-Tenant-ID': tenant } });
  const link = new ApolloLink(({ query, variables, operationName }) => new Observable((observer) =>
    events.subscribe({ query: print(query), variables, operationName }, observer)));
  return new ApolloClient({ link, cache: new InMemoryCache(cache) });
}

for (const [transport, connect] of [['a WebSocket', (tenant) => visit(tenant).client], ['Server-Sent Events', listen]]) {
  test(`a subscriber receives events of its tenant only, over ${transport}`, async () => {
    const query = gql`subscription { projectChanged { change project { id name } } }`;
    const tenants = await Promise.all(['acme', 'globex'].map(async (tenant) => {
      const heard = [];
      const { project } = await scene(tenant);
      const subscription = connect(tenant).subscribe({ query })
        .subscribe(({ data, error }) => heard.push(error ?? data.projectChanged.project.name));
      await until(() => heard.length, (time) => rename(tenant, project, `${time} of ${tenant}`));
      return { tenant, heard, project, subscription };
    }));
    for (const { tenant, project } of tenants) {
      await rename(tenant, project, `the last of ${tenant}`);
    }
    for (const { tenant, heard, subscription } of tenants) {
      await until(() => heard.includes(`the last of ${tenant}`), () => {});
      subscription.unsubscribe();
      assert.deepEqual(heard.filter((name) => !name.endsWith(tenant)), []);
    }
  });

  test(`a subscription to a missing object has its code, over ${transport}`, async () => {
    const { item } = await scene('globex');
    const query = gql`subscription($item: ID!) { commentAdded(itemId: $item) { commentId } }`;
    const error = await shown(connect('acme').subscribe({ query, variables: { item } }), () => true).then(assert.fail, (e) => e);
    assert.equal(errors.codeOf(error), 'NOT_FOUND');
  });
}

const ProjectChanged = gql`subscription { projectChanged { projectId } }`;

test('a broken socket is replaced, and missed changes are read', async (t) => {
  t.mock.method(Math, 'random', () => 0); // of graphql-ws, which waits at random before it connects again
  const { client } = visit('acme');
  const { project } = await scene();
  const watched = client.watchQuery({ query: gql`query Torn($id: ID!) { project(id: $id) { id name } }`, variables: { id: project } });
  const heard = [];
  const watching = watched.subscribe(() => {});
  const subscription = client.subscribe({ query: ProjectChanged }).subscribe(({ error }) => heard.push(error));
  await until(() => heard.length, (time) => rename('acme', project, `before ${time}`));
  sockets.at(-1).terminate();
  await rename('acme', project, 'unheard');
  await shown(watched, ({ project }) => project.name === 'unheard');
  const { length } = heard;
  await until(() => heard.length > length, (time) => rename('acme', project, `after ${time}`));
  assert.deepEqual(heard.filter((error) => error), []);
  subscription.unsubscribe();
  watching.unsubscribe();
});

test('a socket of an unknown tenant is not retried', async () => {
  const { length } = sockets;
  const error = await shown(visit('nobody').client.subscribe({ query: ProjectChanged }), () => true).then(assert.fail, (e) => e);
  assert.match(error.message, /4403 Forbidden: TENANT_UNAVAILABLE/);
  assert.equal(sockets.length, length + 1);
});

test('a deferred fragment that fails has an error, and its siblings arrive', async () => {
  const { project } = await scene();
  const { client } = visit('acme');
  const query = gql`
    query Failing($id: ID!) {
      project(id: $id) { id name ...Broken @defer ...Fine @defer(label: "fine") }
      tenant { id ...Named @defer(label: "named") }
    }
    fragment Broken on Project { items(first: -1) { totalCount } }
    fragment Fine on Project { key }
    fragment Named on Tenant { name }`;
  const results = [];
  const watching = client.watchQuery({ query, variables: { id: project }, errorPolicy: 'all', fetchPolicy: 'network-only' })
    .subscribe(({ data, error }) => results.push([data?.project?.name, data?.tenant?.name, error && errors.codeOf(error)]));
  await until(() => results.at(-1)?.[2], () => {});
  assert.deepEqual(results.slice(1), [['a project', undefined, undefined], ['a project', 'Acme Ltd', 'BAD_USER_INPUT']]);
  watching.unsubscribe();
});

test('deferred fragments arrive after the rest', async () => {
  const { item } = await scene();
  const { client, sent } = visit('acme');
  const query = gql`
    query Deferred($id: ID!) {
      item(id: $id) { id name ...Talk @defer }
    }
    fragment Talk on Item { comments { nodes { id body } } }`;
  const results = [];
  const watched = client.watchQuery({ query, variables: { id: item } });
  const watching = watched.subscribe(({ data, dataState }) =>
    data && results.push([dataState, data.item.name, data.item.comments?.nodes.map(({ body }) => body)]));
  await shown(watched, (data, { dataState }) => dataState === 'complete');
  assert.deepEqual(results, [['streaming', 'an item', undefined], ['complete', 'an item', ['a comment']]]);
  const parts = (await sent.at(-1).answer).split('\r\n---').filter((part) => part.includes('{'));
  const [initial, later] = parts.map((part) => JSON.parse(part.slice(part.indexOf('{'))));
  assert.deepEqual(Object.keys(initial.data.item).sort(), ['__typename', 'id', 'name']);
  assert.equal(later.incremental[0].data.comments.nodes[0].body, 'a comment');
  // Nothing of it is deferred when all of it is known.
  const { length } = sent;
  const { data } = await client.query({ query, variables: { id: item } });
  assert.equal(data.item.comments.nodes.length, 1);
  assert.equal(sent.length, length);
  watching.unsubscribe();
});

const overlapping = [
  ['fragments with the same fields', 'query Q($id: ID!) { item(id: $id) { id key ...A @defer(label: "a") ...B @defer(label: "b") } }', ['a', 'b']],
  ['a fragment in another', 'query Q($id: ID!) { item(id: $id) { id ...B @defer(label: "b") ...Both @defer(label: "both") } }', ['b', 'both']],
  ['fragments below a deferred list', 'query Q($id: ID!) { item(id: $id) { id ...Spoken @defer(label: "talk") } }', ['talk', 'said']],
  ['fragments of fragments', 'query Q($id: ID!) { item(id: $id) { id ...Outer @defer(label: "outer") } }', ['outer', 'inner']],
  ['a fragment without a field', 'query Q($id: ID!) { item(id: $id) { id ...Nothing @defer(label: "nothing") } }', ['nothing']],
  ['a mutation', 'mutation M($id: ID!) { updateItem(input: { id: $id, name: "new" }) { item { id ...A @defer(label: "a") ...B @defer(label: "b") } } }', ['a', 'b']],
].map(([name, operation, labels]) => {
  const fragments = {
    A: 'on Item { id project { id } }',
    B: 'on Item { id project { id name } priority }',
    Both: 'on Item { id key ...B }',
    Spoken: 'on Item { id comments { nodes { id ...Said @defer(label: "said") } } }',
    Said: 'on Comment { id body author { id name } }',
    Outer: 'on Item { id project { id key } ...Inner @defer(label: "inner") }',
    Inner: 'on Item { id project { id key name } labels { nodes { id name } } }',
    Nothing: 'on Item { name @include(if: false) }',
  };
  const used = new Set();
  const use = (text) => {
    for (const [, fragment] of text.matchAll(/\.\.\.(\w+)/g)) {
      used.add(fragment);
      use(fragments[fragment]);
    }
  };
  use(operation);
  return { name, labels, document: [operation, ...[...used].map((fragment) => `fragment ${fragment} ${fragments[fragment]}`)].join('\n') };
});

/** A client of acme that sends documents by POST, with a handler of incremental responses. */
function visitWith(incrementalHandler) {
  const sent = [];
  const recorded = async (url, options) => {
    const response = await fetch(url, options);
    sent.push({ query: JSON.parse(options.body).query, answer: response.clone().text() });
    return response;
  };
  const link = new HttpLink({ uri: server.graphql, headers: { 'X-Tenant-ID': 'acme' }, fetch: recorded });
  const { possibleTypes, typePolicies } = cache;
  return { client: new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes, typePolicies }), incrementalHandler }), sent };
}

for (const { name, document, labels } of overlapping) {
  for (const Handler of [Defer20220824Handler, GraphQL17Alpha9Handler]) {
    test(`deferred, for ${Handler.name}: ${name}`, async () => {
      const { item: id } = await scene();
      const { client, sent } = visitWith(new Handler());
      const query = gql(document);
      const variables = { id };
      const mutates = document.startsWith('mutation');
      const { data } = await (mutates ? client.mutate({ mutation: query, variables }) : client.query({ query, variables }));
      const [{ query: text, answer }] = sent;
      assert.deepEqual(data, await server.ask('acme', text, variables));
      assert.ok(mutates || client.cache.diff({ query, variables, optimistic: false }).complete);
      const found = new Set([...(await answer).matchAll(/"label":"(\w+)"/g)].map(([, label]) => label));
      assert.deepEqual([...found], Handler === Defer20220824Handler ? labels : []);
      client.stop();
    });
  }
}

const addItem = (input) => server.ask('acme', `
  mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }`, { input });

/** A project with items that are called 1 to n, in the order of their creation. */
async function projectWith(n) {
  const { project } = await scene();
  for (let i = 1; i <= n; i++) {
    await addItem({ projectId: project, name: String(i), priority: i % 2 ? 'HIGH' : 'LOW' });
  }
  return project;
}

for (const [form, selection, namesOf] of [
  ['nodes', 'nodes { id name }', ({ nodes }) => nodes.map(({ name }) => name)],
  ['edges', 'edges { cursor node { id name } }', ({ edges }) => edges.map(({ node }) => node.name)],
]) {
  test(`pages of ${form} are merged into one list`, async () => {
    const project = await projectWith(5);
    const query = gql`
      query Pages($project: ID!, $first: Int, $after: String, $last: Int, $before: String, $where: ItemFilter, $orderBy: ItemOrder) {
        project(id: $project) {
          id
          items(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
            ${selection} totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }
        }
      }`;
    const { client, sent } = visit('acme');
    const open = (variables) => {
      const list = client.watchQuery({ query, variables: { project, ...variables } });
      list.subscribe(() => {});
      return {
        shows: (...names) => shown(list, ({ project }) => isDeepStrictEqual(namesOf(project.items), names)).then(({ project }) => project.items),
        read: (variables) => list.fetchMore({ variables }),
      };
    };
    const all = open({ first: 2 });
    let { pageInfo, totalCount } = await all.shows('5', '4');
    assert.equal(totalCount, 6);
    const urgent = open({ first: 2, where: { priority: { eq: 'HIGH' } } });
    const { pageInfo: urgentInfo } = await urgent.shows('5', '3');
    const oldest = open({ first: 2, orderBy: 'CREATED_AT_ASC' });
    await oldest.shows('an item', '1');
    for (const expected of [['5', '4', '3', '2'], ['5', '4', '3', '2', '1', 'an item']]) {
      assert.equal(pageInfo.hasNextPage, true);
      await all.read({ after: pageInfo.endCursor });
      ({ pageInfo } = await all.shows(...expected));
    }
    assert.equal(pageInfo.hasNextPage, false);
    await urgent.read({ after: urgentInfo.endCursor });
    await urgent.shows('5', '3', '1');
    await oldest.shows('an item', '1');
    await all.shows('5', '4', '3', '2', '1', 'an item');

    const last = open({ last: 2, orderBy: 'PRIORITY_ASC' });
    const { pageInfo: { startCursor } } = await last.shows('3', '5');
    await last.read({ before: startCursor });
    assert.equal((await last.shows('4', '1', '3', '5')).pageInfo.hasPreviousPage, true);

    const { length } = sent;
    const { data } = await client.query({ query, variables: { project, first: 2 } });
    assert.equal(namesOf(data.project.items).length, 6);
    assert.equal(sent.length, length);
  });
}

test('a list is the same for queries of its count, its nodes or its edges', async () => {
  const project = await projectWith(2);
  const { client } = visit('acme');
  const nodes = [{ name: '2' }, { name: '1' }, { name: 'an item' }];
  for (const [selection, expected] of [
    ['totalCount', { totalCount: 3 }],
    ['nodes { name }', { nodes }],
    ['edges { node { name } } totalCount', { edges: nodes.map((node) => ({ node })), totalCount: 3 }],
    ['nodes { name } pageInfo { hasNextPage }', { nodes, pageInfo: { hasNextPage: false } }],
  ]) {
    const query = gql`query($id: ID!) { project(id: $id) { id items { ${selection} } } }`;
    const { data } = await client.query({ query, variables: { id: project } });
    assert.deepEqual(stripTypename(data.project.items), expected, selection);
  }
});

const Shown = gql`
  query Shown($project: ID!, $item: ID!) {
    members(first: 100) { totalCount nodes { id name } }
    projects(first: 100) { totalCount nodes { id name } }
    labels(first: 100) { totalCount nodes { id name } }
    items(first: 100) { totalCount nodes { id name project { id } } }
    project(id: $project) {
      id
      name
      itemCounts(by: STATUS) { status count }
      items(first: 100) { totalCount nodes { id name } }
    }
    item(id: $item) {
      id
      name
      status
      assignee { id name }
      labels(first: 100) { totalCount nodes { id name } }
      comments { totalCount nodes { id body author { id name } } }
    }
  }`;

const root = { __typename: 'Query' };
const has = (list, id) => list.nodes.some((node) => node.id === id);

/**
 * Each mutation: its input, what its answer is asked for, what the cache is told beside, and what holds then of what
 * is shown, of what was shown before, and of the answer.
 */
const mutations = {
  createMember: {
    input: () => ({ name: 'new', email: `new${++count}@example.com` }),
    payload: 'member { id name }',
    update: (store, { member }) => cache.addTo(store, root, 'members', member),
    holds: (now, was, { member }) => now.members.nodes[0].id === member.id && now.members.totalCount === was.members.totalCount + 1,
  },
  updateMember: {
    input: ({ member }) => ({ id: member, name: 'renamed' }),
    payload: 'member { id name }',
    holds: (now) => now.item.assignee.name === 'renamed' && now.members.nodes[0].name === 'renamed',
  },
  deleteMember: {
    input: ({ member }) => ({ id: member }),
    payload: 'deletedId',
    update: (store, { deletedId: id }) => cache.forget(store, { __typename: 'Member', id }),
    holds: (now, was, { deletedId }) => now.item.assignee === null && !has(now.members, deletedId) &&
      now.members.totalCount === was.members.totalCount - 1,
  },
  createProject: {
    input: () => ({ name: 'new', key: `N${String.fromCharCode(65 + ++count % 26, 65 + count % 25)}` }),
    payload: 'project { id name }',
    update: (store, { project }) => cache.addTo(store, root, 'projects', project),
    holds: (now, was, { project }) => now.projects.nodes[0].id === project.id && now.projects.totalCount === was.projects.totalCount + 1,
  },
  updateProject: {
    input: ({ project }) => ({ id: project, name: 'renamed' }),
    payload: 'project { id name }',
    holds: (now) => now.project.name === 'renamed' && now.projects.nodes[0].name === 'renamed',
  },
  deleteProject: {
    input: ({ project }) => ({ id: project }),
    payload: 'deletedId',
    update: (store, { deletedId: id }) => cache.forget(store, { __typename: 'Project', id }),
    holds: (now, was, { deletedId }) => now.project === null && !has(now.projects, deletedId) &&
      now.projects.totalCount === was.projects.totalCount - 1 &&
      now.item === null && !has(now.items, was.item.id) && now.items.totalCount === was.items.totalCount - 1,
  },
  createItem: {
    input: ({ project }) => ({ projectId: project, name: 'new' }),
    payload: 'item { id name project { id itemCounts(by: STATUS) { status count } } }',
    update(store, { item }) {
      cache.addTo(store, item.project, 'items', item);
      cache.addTo(store, root, 'items', item);
    },
    holds: (now, was, { item }) => now.project.items.nodes[0].id === item.id && now.project.items.totalCount === 2 &&
      now.project.itemCounts[0].count === 2 &&
      now.items.nodes[0].id === item.id && now.items.totalCount === was.items.totalCount + 1,
  },
  updateItem: {
    async scene() {
      const at = await scene();
      await addItem({ projectId: at.project, name: 'done', status: 'DONE' });
      return at;
    },
    input: ({ item }) => ({ id: item, name: 'renamed', status: 'DONE', assigneeId: null }),
    payload: 'item { id name status assignee { id name } project { id itemCounts(by: STATUS) { status count } } }',
    holds: (now) => now.item.name === 'renamed' && now.item.status === 'DONE' && now.item.assignee === null &&
      now.items.nodes[1].name === 'renamed' &&
      now.project.itemCounts.length === 1 && now.project.itemCounts[0].count === 2,
  },
  deleteItem: {
    input: ({ item }) => ({ id: item }),
    payload: 'deletedId project { id itemCounts(by: STATUS) { status count } }',
    update: (store, { deletedId: id }) => cache.forget(store, { __typename: 'Item', id }),
    holds: (now, was, { deletedId }) => now.item === null && !has(now.items, deletedId) &&
      now.project.items.nodes.length === 0 && now.project.items.totalCount === 0 && now.project.itemCounts.length === 0,
  },
  addItemLabel: {
    scene: async () => {
      const { labels } = await server.ask('acme', '{ labels(first: 1) { nodes { id } } }');
      return { ...await scene(), label: labels.nodes[0].id };
    },
    input: ({ item, label }) => ({ itemId: item, labelId: label }),
    payload: 'item { id labels { totalCount nodes { id name } } }',
    holds: (now) => now.item.labels.totalCount === 2 && now.item.labels.nodes.length === 2,
  },
  removeItemLabel: {
    input: ({ item, label }) => ({ itemId: item, labelId: label }),
    payload: 'item { id labels { totalCount nodes { id name } } }',
    holds: (now) => now.item.labels.totalCount === 0 && now.item.labels.nodes.length === 0,
  },
  createLabel: {
    input: () => ({ name: `new ${++count}`, color: '#000000' }),
    payload: 'label { id name }',
    update: (store, { label }) => cache.addTo(store, root, 'labels', label),
    holds: (now, was, { label }) => now.labels.nodes[0].id === label.id && now.labels.totalCount === was.labels.totalCount + 1,
  },
  updateLabel: {
    input: ({ label }) => ({ id: label, name: `renamed ${++count}` }),
    payload: 'label { id name }',
    holds: (now) => /^renamed/.test(now.item.labels.nodes[0].name) && /^renamed/.test(now.labels.nodes[0].name),
  },
  deleteLabel: {
    input: ({ label }) => ({ id: label }),
    payload: 'deletedId',
    update: (store, { deletedId: id }) => cache.forget(store, { __typename: 'Label', id }),
    holds: (now, was, { deletedId }) => now.item.labels.nodes.length === 0 && now.item.labels.totalCount === 0 && !has(now.labels, deletedId),
  },
  createComment: {
    input: ({ item }) => ({ itemId: item, body: 'new' }),
    payload: 'comment { id body author { id name } item { id } }',
    update: (store, { comment }) => cache.addTo(store, comment.item, 'comments', comment),
    holds: (now) => now.item.comments.nodes[0].body === 'new' && now.item.comments.totalCount === 2,
  },
  updateComment: {
    input: ({ comment }) => ({ id: comment, body: 'reworded' }),
    payload: 'comment { id body }',
    holds: (now) => now.item.comments.nodes[0].body === 'reworded',
  },
  deleteComment: {
    input: ({ comment }) => ({ id: comment }),
    payload: 'deletedId',
    update: (store, { deletedId: id }) => cache.forget(store, { __typename: 'Comment', id }),
    holds: (now) => now.item.comments.nodes.length === 0 && now.item.comments.totalCount === 0,
  },
};

test('every mutation is tested', async () => {
  const { __schema: { mutationType } } = await server.ask('acme', '{ __schema { mutationType { fields { name } } } }');
  assert.deepEqual(mutationType.fields.map(({ name }) => name), Object.keys(mutations));
});

for (const [name, { scene: set = scene, input, payload, update, holds }] of Object.entries(mutations)) {
  test(`changes by ${name} are shown without another request`, async () => {
    const at = await set();
    const { client, sent } = visit('acme');
    const watched = client.watchQuery({ query: Shown, variables: { project: at.project, item: at.item } });
    const watching = watched.subscribe(() => {});
    const was = await shown(watched, () => true);
    const { length } = sent;
    const { data } = await client.mutate({
      mutation: gql(`mutation ${name}($input: ${name[0].toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${payload} } }`),
      variables: { input: input(at) },
      update: (store, { data }) => update?.(store, data[name]),
    });
    const now = await shown(watched, (now) => holds(now, was, data[name]));
    assert.ok(!holds(was, was, data[name]), 'it was so before');
    assert.deepEqual(sent.slice(length).map(({ operationName }) => operationName), [name, name]); // its hash, its document
    // The server sees it as the cache does.
    const { data: fresh } = await client.query({ query: Shown, variables: { project: at.project, item: at.item }, fetchPolicy: 'no-cache' });
    assert.deepEqual(now, fresh);
    watching.unsubscribe();
  });
}

test('@connection separates two page sizes of one list, and is not sent to the server', async () => {
  const project = await projectWith(3);
  const { client, sent } = visit('acme');
  const list = (items) => client.watchQuery({
    query: gql`query Length($id: ID!) { project(id: $id) { id items${items} { nodes { id name } } } }`,
    variables: { id: project },
  });
  const preview = list('(first: 1) @connection(key: "preview")');
  const watching = preview.subscribe(() => {});
  await shown(preview, ({ project }) => project.items.nodes.length === 1);
  await shown(list(''), ({ project }) => project.items.nodes.length === 4);
  await shown(preview, ({ project }) => project.items.nodes.length === 1);
  assert.doesNotMatch(JSON.stringify(sent), /@connection/);
  watching.unsubscribe();
});

test('lists are refetched if only the server can find the position of an object', async () => {
  const { item, project } = await scene();
  const { client, sent } = visit('acme');
  const query = gql`
    query Ordered($project: ID!, $where: ItemFilter, $orderBy: ItemOrder) {
      project(id: $project) { id items(where: $where, orderBy: $orderBy) { totalCount nodes { id name } } }
    }`;
  const open = (variables) => {
    const list = client.watchQuery({ query, variables: { project, ...variables } });
    list.subscribe(() => {});
    return (...names) => shown(list, ({ project: { items } }) =>
      isDeepStrictEqual(items.nodes.map(({ name }) => name), names) && items.totalCount === names.length);
  };
  const lists = [
    open({}),
    open({ orderBy: 'CREATED_AT_DESC' }),
    open({ where: { name: { startsWith: 'b' } } }),
    open({ orderBy: 'CREATED_AT_ASC' }),
  ];
  await Promise.all([lists[0]('an item'), lists[1]('an item'), lists[2](), lists[3]('an item')]);
  const { length } = sent;
  const mutation = gql`mutation Create($input: CreateItemInput!) { createItem(input: $input) { item { id name } } }`;
  await client.mutate({
    mutation,
    variables: { input: { projectId: project, name: 'b' } },
    update: (store, { data }) => cache.addTo(store, { __typename: 'Project', id: project }, 'items', data.createItem.item),
  });
  await cache.moved(client, { __typename: 'Project', id: project }, 'items');
  await Promise.all([lists[0]('b', 'an item'), lists[1]('b', 'an item'), lists[2]('b'), lists[3]('an item', 'b')]);
  const again = () => sent.slice(length).filter(({ operationName }) => operationName === 'Ordered').length;
  assert.equal(again(), 2);
  await client.mutate({
    mutation: gql`mutation Rename($input: UpdateItemInput!) { updateItem(input: $input) { item { id name } } }`,
    variables: { input: { id: item, name: 'b of old' } },
  });
  await cache.moved(client, { __typename: 'Project', id: project }, 'items');
  await Promise.all([
    lists[0]('b', 'b of old'), lists[1]('b', 'b of old'), lists[2]('b', 'b of old'), lists[3]('b of old', 'b'),
  ]);
  assert.equal(again(), 4);
});

test('a list that changes during a refetch is refetched again', async () => {
  const { project } = await scene();
  let held, arrived;
  const { client } = visit('acme', {
    async fetch(url, init) {
      const waiting = held;
      const response = await fetch(url, init);
      if (waiting) {
        arrived();
        await waiting;
      }
      return response;
    },
  });
  const list = client.watchQuery({
    query: gql`query Changing($project: ID!) { project(id: $project) { id items(where: { name: { startsWith: "b" } }) { nodes { id name } } } }`,
    variables: { project },
    context: { queryDeduplication: false },
  });
  const watching = list.subscribe(() => {});
  const names = (...expected) => shown(list, ({ project: { items } }) => isDeepStrictEqual(items.nodes.map(({ name }) => name), expected));
  await names();
  const create = (name) => server.ask('acme', `
    mutation($project: ID!, $name: String!) { createItem(input: { projectId: $project, name: $name }) { item { id } } }`, { project, name });
  const moved = () => cache.moved(client, { __typename: 'Project', id: project }, 'items').catch(() => {}); // given up for the next

  await create('b1');
  let release;
  held = new Promise((resolve) => { release = resolve; });
  const answered = new Promise((resolve) => { arrived = resolve; });
  const first = moved();
  await answered; // without b2
  held = undefined;
  await create('b2');
  const second = moved();
  release();
  await Promise.all([first, second]);
  await names('b2', 'b1');
  watching.unsubscribe();
});

test('two concurrent tenants never see rows of each other', async () => {
  const query = gql`{
    tenant { id slug }
    projects(first: 100) { nodes { id name items(first: 100) { nodes { id name } } } }
    labels { nodes { id name } }
  }`;
  const [acme, globex] = await Promise.all(['acme', 'globex'].map(async (tenant) => {
    const { client } = visit(tenant);
    const { data } = await client.query({ query });
    assert.equal(data.tenant.slug, tenant);
    return { client, data, ids: Object.keys(client.cache.extract()).filter((id) => id.includes(':')) };
  }));
  assert.ok(acme.ids.length > 20 && globex.ids.length > 10);
  assert.deepEqual(acme.ids.filter((id) => globex.ids.includes(id)), []);
  const { id } = acme.data.projects.nodes[0].items.nodes[0];
  const item = gql`query Foreign($id: ID!) { item(id: $id) { id name } node(id: $id) { id } }`;
  const { data } = await globex.client.query({ query: item, variables: { id } });
  assert.deepEqual({ ...data }, { item: null, node: null });
  assert.equal((await acme.client.query({ query: item, variables: { id } })).data.item.id, id);
});

test('Apollo Client logged no warning', () => {
  assert.deepEqual(complaints, []);
});

test('no mutation was sent by GET', () => {
  const sent = wire.filter(({ method }) => method === 'GET');
  assert.ok(sent.length > 20);
  const mutating = new Set(wire.filter(({ query }) => /^mutation/.test(query)).map(({ extensions }) => extensions.persistedQuery.sha256Hash));
  assert.ok(mutating.size > 17);
  assert.deepEqual(sent.filter(({ query, extensions }) => query || mutating.has(extensions.persistedQuery.sha256Hash)), []);
});
