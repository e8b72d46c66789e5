// Runs each test in genqlient/ as a test. The client is generated in a separate folder, from the schema that the
// program prints.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { start } from './server.mjs';

const source = join(import.meta.dirname, 'genqlient');
const output = join(import.meta.dirname, '../test-output');
const tests = [...readFileSync(join(source, 'genqlient_test.go'), 'utf8').matchAll(/^func (Test\w+)/gm)].map(([, name]) => name);
let server, absent, folder;

async function run(program, ...parameters) {
  const env = { ...process.env, GRAPHQL_URL: server.graphql, GRAPHQL_URL_ABSENT: absent.graphql };
  try {
    const { stdout } = await promisify(execFile)(program, parameters, { cwd: folder, maxBuffer: 1e8, env });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${parameters.join(' ')}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

before(async () => {
  server = await start();
  absent = await start('--null-comparisons=absent');
  mkdirSync(output, { recursive: true });
  folder = mkdtempSync(join(output, 'genqlient-'));
  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, 'schema.graphql'), await run(server.program, 'schema'));
  await run('go', 'tool', 'genqlient');
  await run('go', 'tool', 'genqlient', 'nulls/genqlient.yaml');
  await run('go', 'vet', './...');
  await run('go', 'test', '-c', '-o', 'client.test', '.');
});

after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
  await absent?.stop();
});

for (const name of tests) {
  test(name, () => run(join(folder, 'client.test'), `-test.run=^${name}$`));
}
