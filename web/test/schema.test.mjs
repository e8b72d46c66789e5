// The schema for clients: it can be read by other programs, and graphql-eslint reports nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';
import { assertValidSchema, buildClientSchema, buildSchema, getIntrospectionQuery, isTypeDefinitionNode, lexicographicSortSchema, parse, printSchema, visit } from 'graphql';
import { start } from './server.mjs';

let server, sdl;

before(async () => {
  server = await start();
  const answer = await fetch(`${server.address}schema.graphql`);
  assert.equal(answer.status, 200);
  sdl = await answer.text();
});

after(() => server?.stop());

test('the schema file equals the result of introspection', async () => {
  const everything = { directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true, schemaDescription: true, specifiedByUrl: true };
  const told = await server.ask('acme', getIntrospectionQuery(everything));
  const [printed, asked] = [buildSchema(sdl), buildClientSchema(told)].map((schema) => {
    assertValidSchema(schema);
    return printSchema(lexicographicSortSchema(schema));
  });
  assert.equal(printed, asked);
});

test('the schema file is sorted by name, so that versions can be compared', () => {
  visit(parse(sdl), {
    enter({ definitions, fields, arguments: args, values }) {
      for (const list of [definitions?.filter(isTypeDefinitionNode), fields, args, values]) {
        const names = list?.map(({ name }) => name?.value);
        assert.deepEqual(names, names?.toSorted());
      }
    },
  });
});

test('the schema file has no directives of the code generator', () => assert.doesNotMatch(sdl, /@go/i));

test('rowhouse schema prints the schema file', () => {
  assert.equal(execFileSync(server.program, ['schema'], { encoding: 'utf8' }), sdl);
});

test('without introspection there is no schema file', async () => {
  const silent = await start('--no-introspection');
  try {
    assert.equal((await fetch(`${silent.address}schema.graphql`)).status, 404);
  } finally {
    await silent.stop();
  }
});

test('graphql-eslint reports nothing: schema-recommended, schema-relay', async () => assert.deepEqual(await findings(sdl), []));

test('graphql-eslint reports an invalid schema', async () => {
  const wrong = sdl.replace('pageInfo: PageInfo!', 'pageInfo: PageInfo') + 'type lost { number: Int! }';
  assert.deepEqual(new Set((await findings(wrong)).map((finding) => finding.split(' ')[1])), new Set([
    '@graphql-eslint/naming-convention',
    '@graphql-eslint/no-unreachable-types',
    '@graphql-eslint/relay-connection-types',
    '@graphql-eslint/require-description',
    '@graphql-eslint/strict-id-in-types',
  ]));
});

async function findings(text) {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.graphql'],
      plugins: { '@graphql-eslint': graphqlPlugin },
      languageOptions: { parser: graphqlPlugin.parser, parserOptions: { graphQLConfig: { schema: sdl } } },
      rules: {
        ...graphqlPlugin.configs['flat/schema-recommended'].rules,
        ...graphqlPlugin.configs['flat/schema-relay'].rules,
        // Connections have `nodes` beside `edges`, as GitHub's have; Relay itself asks for Query.nodes.
        '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
        // Answers, pages and events are no objects: nothing leads back to them, and a cache keeps what they hold.
        '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { suffixes: ['Connection', 'Edge', 'Event', 'Payload'], types: ['ItemCount', 'PageInfo'] } }],
      },
    },
  });
  const [{ messages }] = await eslint.lintText(text, { filePath: 'schema.graphql' });
  return messages.map(({ line, ruleId, message }) => `${line}: ${ruleId} ${message}`);
}
