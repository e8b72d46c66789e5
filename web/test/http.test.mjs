// The audits of the package graphql-http: what its authors read in "GraphQL over HTTP".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { start } from './server.mjs';

let server;

before(async () => {
  server = await start();
});

after(() => server?.stop());

const audits = serverAudits({
  url: () => server.graphql,
  fetchFn: (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, 'X-Tenant-ID': 'acme' } }),
});

test('there are 61 audits', () => assert.equal(audits.length, 61));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
