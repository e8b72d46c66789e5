// Relay: documents by relay-compiler, run by relay-runtime on a real server. Relay reads the fields of a deferred
// fragment only from the payload with its label and path.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import relay from 'relay-runtime';
import { compile, createEnvironment } from './relay.mjs';
import { start } from './server.mjs';

const { ConnectionHandler, createOperationDescriptor, fetchQuery, getSelector, getRefetchMetadata } = relay;

const documents = [
  'fragment Relay_project on Item { project { id } }',
  'fragment Relay_named on Item { project { id name } priority }',
  'fragment Relay_key on Item { key }',
  'fragment Relay_outer on Item { key ...Relay_key @defer }',
  'fragment Relay_contains on Item { key ...Relay_key }',
  'fragment Relay_comment on Comment { body author { name } }',
  'fragment Relay_comments on Item { comments(first: 2) { nodes { id ...Relay_comment @defer } } }',
  'fragment Relay_nothing on Item { name @include(if: $no) }',
  'fragment Relay_innermost on Item { priority status }',
  'fragment Relay_inner on Item { status ...Relay_innermost @defer }',
  'fragment Relay_nested on Item { status ...Relay_inner @defer }',
  'fragment Relay_anyNode on Node { id __typename }',
  'fragment Relay_ofItem on Item { description }',
  'fragment Relay_ofProject on Project { description }',
  'fragment Relay_broken on Project { items(first: 101) { totalCount } }',
  `fragment Relay_board on Project @refetchable(queryName: "RelayBoardRefetchQuery")
   @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
     items(first: $count, after: $cursor) @connection(key: "Relay_items") {
       edges { node { id ...Relay_named @defer ...Relay_project @defer } }
     }
   }`,
  'query RelayOverlapQuery($id: ID!) { item(id: $id) { key ...Relay_project @defer ...Relay_named @defer } }',
  'query RelayContainedQuery($id: ID!) { item(id: $id) { ...Relay_contains @defer ...Relay_key @defer } }',
  'query RelayOuterQuery($id: ID!) { item(id: $id) { ...Relay_outer @defer } }',
  'query RelayNestedQuery($id: ID!) { item(id: $id) { ...Relay_nested @defer } }',
  'query RelayListQuery { items(first: 3) { nodes { ...Relay_key @defer ...Relay_comments @defer } } }',
  'query RelayNothingQuery($id: ID!, $no: Boolean!) { item(id: $id) { key ...Relay_nothing @defer } }',
  'query RelayFirstQuery($id: ID!) { item(id: $id) { key project { id name } priority ...Relay_named @defer } }',
  'query RelayTwiceQuery($id: ID!) { item(id: $id) { ...Relay_key @defer(label: "a") ...Relay_key @defer(label: "b") } }',
  'query RelayAliasQuery($id: ID!) { one: item(id: $id) { ...Relay_key @defer } items(first: 1) { nodes { ...Relay_key @defer(label: "c") } } }',
  'query RelayIfQuery($id: ID!, $later: Boolean) { item(id: $id) { ...Relay_named @defer(if: $later) } }',
  'query RelayNodeQuery($id: ID!) { node(id: $id) { ...Relay_anyNode @defer ...Relay_ofItem @alias @defer ...Relay_ofProject @alias @defer } }',
  'query RelayBrokenQuery($id: ID!) { project(id: $id) { key ...Relay_broken @defer } }',
  'query RelayBoardQuery($id: ID!) { project(id: $id) { key ...Relay_board @defer } }',
  `query RelayFilterQuery($where: ItemFilter, $and: [ItemFilter!], $project: ProjectFilter, $name: StringFilter) {
     whole: items(where: $where) { totalCount }
     parts: items(where: { and: $and, project: $project, name: $name }) { totalCount }
   }`,
  'query RelayCompareQuery($name: String, $status: ItemStatus) { items(where: { name: { eq: $name }, status: { eq: $status } }) { totalCount } }',
  'mutation RelayUpdateMutation($input: UpdateItemInput!) { updateItem(input: $input) { item { id name ...Relay_named @defer ...Relay_comments @defer } } }',
];

let server, absent, compiled;

/** Relay's warnings, above all of missing fields. */
const complaints = [];
for (const level of ['warn', 'error']) {
  console[level] = (...message) => complaints.push(message.join(' '));
}

before(async () => {
  server = await start();
  absent = await start('--null-comparisons=absent');
  compiled = await compile(server, documents);
});

after(async () => {
  compiled?.remove();
  await server?.stop();
  await absent?.stop();
});

/** The fragments that lack data, of a fragment or an operation and all fragments in it. */
function missing(environment, selector, place = '') {
  const { data, isMissingData } = environment.lookup(selector);
  const found = isMissingData ? [place] : [];
  const visit = (value) => {
    if (!value || typeof value !== 'object') {
      return;
    }
    for (const name of Object.keys(value.__fragments ?? {})) {
      found.push(...missing(environment, getSelector(compiled.artifact(name), value), `${place}/${name}`));
    }
    for (const [key, inner] of Object.entries(value)) {
      if (!key.startsWith('__')) {
        visit(inner);
      }
    }
  };
  visit(data);
  return found;
}

/** Runs a query. Returns the responses, the missing fields of fragments after the first response, and the final store. */
async function run(tenant, name, variables = {}, options = {}) {
  const { environment, got } = createEnvironment(options.on ?? server, tenant, options);
  const query = compiled.artifact(name);
  const operation = createOperationDescriptor(query, variables);
  environment.retain(operation);
  let before;
  const execute = query.params.operationKind === 'mutation' ? 'executeMutation' : 'execute';
  await new Promise((resolve, reject) => environment[execute]({ operation }).subscribe({
    next: () => { before ??= missing(environment, operation.fragment); },
    complete: resolve,
    error: reject,
  }));
  const payloads = got.filter(({ path }) => path).map(({ label, path }) => `${label} ${path.join('.')}`);
  return { environment, operation, got, payloads, before };
}

/** Ids of an item with comments, and of its project. */
async function ids(tenant) {
  const { items } = await server.ask(tenant, '{ items(first: 1) { nodes { id project { id } } } }');
  const [{ id, project }] = items.nodes;
  return { item: id, project: project.id };
}

const item = ({ item: id }) => ({ id });
const shapes = [
  { name: 'RelayOverlapQuery', variables: item, payloads: ['RelayOverlapQuery$defer$Relay_project item', 'RelayOverlapQuery$defer$Relay_named item'] },
  { name: 'RelayContainedQuery', variables: item, payloads: ['RelayContainedQuery$defer$Relay_contains item', 'RelayContainedQuery$defer$Relay_key item'] },
  { name: 'RelayOuterQuery', variables: item, payloads: ['RelayOuterQuery$defer$Relay_outer item', 'Relay_outer$defer$Relay_key item'] },
  {
    name: 'RelayNestedQuery',
    variables: item,
    payloads: ['RelayNestedQuery$defer$Relay_nested item', 'Relay_nested$defer$Relay_inner item', 'Relay_inner$defer$Relay_innermost item'],
  },
  {
    name: 'RelayListQuery',
    payloads: [0, 1, 2].flatMap((i) => [`RelayListQuery$defer$Relay_key items.nodes.${i}`, `RelayListQuery$defer$Relay_comments items.nodes.${i}`]),
    more: /^Relay_comments\$defer\$Relay_comment items\.nodes\.[012]\.comments\.nodes\.[01]$/,
  },
  { name: 'RelayNothingQuery', variables: ({ item: id }) => ({ id, no: false }), payloads: ['RelayNothingQuery$defer$Relay_nothing item'] },
  { name: 'RelayFirstQuery', variables: item, payloads: ['RelayFirstQuery$defer$Relay_named item'] },
  { name: 'RelayTwiceQuery', variables: item, payloads: ['RelayTwiceQuery$defer$a item', 'RelayTwiceQuery$defer$b item'] },
  { name: 'RelayAliasQuery', variables: item, payloads: ['RelayAliasQuery$defer$Relay_key one', 'RelayAliasQuery$defer$c items.nodes.0'] },
  { name: 'RelayIfQuery', variables: ({ item: id }) => ({ id, later: true }), payloads: ['RelayIfQuery$defer$Relay_named item'] },
  { name: 'RelayIfQuery', variables: ({ item: id }) => ({ id, later: false }), payloads: [] },
  { name: 'RelayNodeQuery', variables: item, payloads: ['RelayNodeQuery$defer$Relay_anyNode node', 'RelayNodeQuery$defer$Relay_ofItem node'] },
  {
    name: 'RelayNodeQuery',
    variables: ({ project: id }) => ({ id }),
    payloads: ['RelayNodeQuery$defer$Relay_anyNode node', 'RelayNodeQuery$defer$Relay_ofProject node'],
  },
  {
    name: 'RelayBoardQuery',
    variables: ({ project: id }) => ({ id }),
    payloads: [
      'RelayBoardQuery$defer$Relay_board project',
      'Relay_board$defer$Relay_named project.items.edges.0.node',
      'Relay_board$defer$Relay_project project.items.edges.0.node',
    ],
  },
  {
    name: 'RelayUpdateMutation',
    variables: ({ item: id }) => ({ input: { id, name: 'by Relay' } }),
    payloads: ['RelayUpdateMutation$defer$Relay_named updateItem.item', 'RelayUpdateMutation$defer$Relay_comments updateItem.item'],
    more: /^Relay_comments\$defer\$Relay_comment updateItem\.item\.comments\.nodes\.[01]$/,
  },
];

for (const tenant of ['acme', 'globex']) {
  for (const { name, variables = () => ({}), payloads, more } of shapes) {
    const given = JSON.stringify(variables({ item: 'item', project: 'project' }));
    test(`each deferred fragment has its payload: ${name} ${given} of ${tenant}`, async () => {
      complaints.length = 0;
      const got = await run(tenant, name, variables(await ids(tenant)));
      assert.deepEqual(got.payloads.filter((payload) => !more?.test(payload)).sort(), payloads.toSorted());
      assert.equal(new Set(got.payloads).size, got.payloads.length, 'a payload came twice');
      assert.ok(!more || got.payloads.some((payload) => more.test(payload)), 'nothing is nested');
      assert.deepEqual(missing(got.environment, got.operation.fragment), []);
      assert.equal(got.environment.check(got.operation).status, 'available');
      assert.deepEqual(complaints, []);
    });
  }
}

test('a fragment has no data before its payload', async () => {
  const { before } = await run('acme', 'RelayOverlapQuery', { id: (await ids('acme')).item });
  assert.deepEqual(before, ['/Relay_project', '/Relay_named']);
});

test('a null condition defers, as Relay expects', async () => {
  complaints.length = 0;
  const got = await run('acme', 'RelayIfQuery', { id: (await ids('acme')).item, later: null });
  assert.deepEqual(got.payloads, ['RelayIfQuery$defer$Relay_named item']);
  assert.deepEqual(missing(got.environment, got.operation.fragment), []);
  assert.match(complaints.join(), /Expected value for @defer `if` argument to be a boolean/);
});

test('a response without deferred fragments has the same data', async () => {
  complaints.length = 0;
  const { environment, operation } = await run('acme', 'RelayListQuery', {}, { accept: 'application/json' });
  assert.deepEqual(missing(environment, operation.fragment), []);
  assert.match(complaints.join(), /executed in non-streaming mode/);
});

test('an error of a deferred fragment reaches Relay', async () => {
  const { project } = await ids('acme');
  await assert.rejects(run('acme', 'RelayBrokenQuery', { id: project }), /got error\(s\):\nfirst must be 0 to 100/);
});

test('null for an unset variable of a filter is ignored', async () => {
  for (const tenant of ['acme', 'globex']) {
    const { items } = await server.ask(tenant, '{ items { totalCount } }');
    const { environment, operation } = await run(tenant, 'RelayFilterQuery');
    assert.deepEqual(operation.request.variables, { where: null, and: null, project: null, name: null });
    const { whole, parts } = environment.lookup(operation.fragment).data;
    assert.ok(items.totalCount > 2);
    assert.deepEqual([whole.totalCount, parts.totalCount], [items.totalCount, items.totalCount]);
  }
});

test('a comparison with null is refused, and ignored with --null-comparisons=absent', async () => {
  await assert.rejects(run('acme', 'RelayCompareQuery', { status: 'TODO' }), /where\.name\.eq must not be null/);
  const { environment, operation } = await run('acme', 'RelayCompareQuery', { status: 'TODO' }, { on: absent });
  const { items } = await absent.ask('acme', '{ items(where: { status: { eq: TODO } }) { totalCount } }');
  assert.ok(items.totalCount > 0);
  assert.equal(environment.lookup(operation.fragment).data.items.totalCount, items.totalCount);
});

test('a connection loads its next page and is refetched by node id', async () => {
  complaints.length = 0;
  const { project: id } = await ids('acme');
  const { environment, operation } = await run('acme', 'RelayBoardQuery', { id });
  const edges = () => ConnectionHandler.getConnection(relayProxy(environment).get(id), 'Relay_items')
    .getLinkedRecords('edges').map((edge) => edge.getLinkedRecord('node').getValue('priority'));
  assert.equal(edges().length, 1);
  const { refetchableRequest } = getRefetchMetadata(compiled.artifact('Relay_board'), 'test');
  assert.equal(refetchableRequest.params.name, 'RelayBoardRefetchQuery');
  const cursor = ConnectionHandler.getConnection(relayProxy(environment).get(id), 'Relay_items').getLinkedRecord('pageInfo').getValue('endCursor');
  await new Promise((complete, error) => fetchQuery(environment, refetchableRequest, { id, count: 1, cursor }).subscribe({ complete, error }));
  assert.equal(edges().length, 2);
  assert.ok(edges().every(Boolean), 'the next page lacks deferred data');
  assert.deepEqual(missing(environment, operation.fragment), []);
  assert.deepEqual(complaints, []);
});

/** The store, as an updater sees it. */
function relayProxy(environment) {
  let store;
  environment.commitUpdate((proxy) => { store = proxy; });
  return store;
}
