// Prints a dot for each test, all failures, and a line for each suite.
import { basename } from 'node:path';
import { inspect } from 'node:util';

const suites = {
  'apollo.test.mjs': 'Apollo Client',
  'http.test.mjs': 'GraphQL over HTTP: audits of graphql-http',
  'live.test.mjs': 'graphql-transport-ws: graphql-ws',
  'playground.test.mjs': 'Playground, in Chromium',
  'relay.test.mjs': 'Relay',
  'genqlient.test.mjs': 'genqlient, in Go',
  'schema.test.mjs': 'Schema: graphql-js, graphql-eslint',
  'streams.test.mjs': 'urql, graphql-sse, multipart subscriptions',
  'typed.test.mjs': 'GraphQL Code Generator, TypeScript',
};

export default async function* report(events) {
  const counts = new Map();
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail' || data.details?.type === 'suite' || !data.file || data.nesting > 0) {
      continue;
    }
    const file = basename(data.file);
    const count = counts.get(file) ?? { passed: 0, failed: 0 };
    counts.set(file, count);
    if (type === 'test:pass') {
      count.passed++;
      yield '.';
    } else {
      count.failed++;
      yield `\n✖ ${file}: ${data.name}\n${inspect(data.details.error, { depth: 4 })}\n`;
    }
  }
  yield '\n\n';
  let passed = 0;
  let failed = 0;
  for (const [file, count] of [...counts].sort()) {
    yield `${(suites[file] ?? file).padEnd(45)}${String(count.passed).padStart(4)} passed${String(count.failed).padStart(4)} failed\n`;
    passed += count.passed;
    failed += count.failed;
  }
  yield `${passed} passed, ${failed} failed\n`;
}
