import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Builds and starts the server on a free port with a private database and the demo tenants. */
export async function start(...flags) {
  const root = join(import.meta.dirname, '../..');
  const temporary = mkdtempSync(join(tmpdir(), 'rowhouse-'));
  const program = join(temporary, 'rowhouse');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: root, stdio: 'inherit' });
  // Only the server program comes from the environment, not the other settings of the program.
  const mine = ([name]) => name === 'DATABASE_URL' || name.startsWith('ROWHOUSE_');
  const env = Object.fromEntries(Object.entries(process.env).filter((setting) => !mine(setting)));
  env.ROWHOUSE_DATABASE_PROGRAM = process.env.TEST_DATABASE_PROGRAM ?? '';
  const server = spawn(program, ['--addr', '127.0.0.1:0', '--data-dir', join(temporary, 'data'), ...flags], { env });
  const address = await new Promise((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk) => {
      log += chunk;
      const found = /Playground\s+(http:\S+)\n/.exec(log);
      if (found) {
        resolve(found[1]);
      }
    });
    server.on('exit', () => reject(new Error(`the server ended:\n${log}`)));
  });
  const graphql = `${address}graphql`;
  return {
    program,
    address,
    graphql,
    /** Sends a request for a tenant, and returns the data of a response without errors. */
    async ask(tenant, query, variables) {
      const answer = await fetch(graphql, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await answer.json();
      assert.equal(errors, undefined);
      return data;
    },
    async stop() {
      if (server.exitCode === null) {
        server.kill();
        await new Promise((resolve) => server.on('exit', resolve));
      }
      rmSync(temporary, { recursive: true });
    },
  };
}
