import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { meros } from 'meros/browser';
import relay from 'relay-runtime';

const { Environment, Network, Observable, RecordSource, Store } = relay;
const web = join(import.meta.dirname, '..');

/** Compiles documents with relay-compiler for the schema that a server serves. */
export async function compile(server, documents) {
  mkdirSync(join(web, 'test-output'), { recursive: true });
  const folder = mkdtempSync(join(web, 'test-output/relay-'));
  mkdirSync(join(folder, 'source'));
  mkdirSync(join(folder, 'artifacts'));
  writeFileSync(join(folder, 'schema.graphql'), await (await fetch(`${server.address}schema.graphql`)).text());
  writeFileSync(join(folder, 'source/Relay.js'), documents.map((text) => `graphql\`${text}\`;\n`).join(''));
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify({
    src: './source', schema: './schema.graphql', artifactDirectory: './artifacts', language: 'javascript', eagerEsModules: false,
  }));
  writeFileSync(join(folder, 'package.json'), '{"type": "commonjs"}'); // as the compiler writes artifacts
  const remove = () => rmSync(folder, { recursive: true });
  try {
    await promisify(execFile)('npx', ['--no-install', 'relay-compiler', 'relay.config.json'], { cwd: folder });
  } catch (error) {
    remove();
    throw new Error(`relay-compiler:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
  return {
    /** The artifact of an operation or a fragment. */
    artifact: (name) => createRequire(import.meta.url)(join(folder, `artifacts/${name}.graphql.js`)),
    remove,
  };
}

/** Relay's environment for a tenant. The network records the responses that it passes to Relay. */
export function createEnvironment(server, tenant, { accept = 'multipart/mixed;deferSpec=20220824, application/json' } = {}) {
  const got = [];
  const execute = ({ text }, variables) => Observable.create((sink) => {
    const control = new AbortController();
    const next = (responses) => {
      got.push(...responses);
      sink.next(responses);
    };
    (async () => {
      const response = await fetch(server.graphql, {
        method: 'POST',
        headers: { Accept: accept, 'Content-Type': 'application/json', 'X-Tenant-ID': tenant },
        body: JSON.stringify({ query: text, variables }),
        signal: control.signal,
      });
      const parts = await meros(response);
      if (parts instanceof Response) { // no parts: Relay must not wait for more
        next([{ ...await parts.json(), extensions: { is_final: true } }]);
      } else {
        for await (const { body: { hasNext, incremental, ...response } } of parts) {
          if (incremental) {
            next(incremental);
          } else if ('data' in response) {
            next([response]);
          }
        }
      }
    })().then(() => sink.complete(), (error) => sink.error(error));
    return () => control.abort();
  });
  const environment = new Environment({ network: Network.create(execute), store: new Store(new RecordSource()) });
  return { environment, got };
}
