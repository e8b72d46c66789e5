import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const web = join(import.meta.dirname, '..');
const run = (program, parameters, env) =>
  promisify(execFile)('npx', ['--no-install', program, ...parameters], { cwd: web, env: { ...process.env, ...env } });

/**
 * Generates web/client from the schema of a server, and compiles it. Each call has its own folder, because tests run
 * concurrently; it is below web/, so that packages are found.
 */
export async function build(server) {
  mkdirSync(join(web, 'test-output'), { recursive: true });
  const folder = mkdtempSync(join(web, 'test-output/client-'));
  const source = join(folder, 'source');
  const compile = (...flags) => run('tsc', ['--project', source, ...flags]);
  const remove = () => rmSync(folder, { recursive: true });
  try {
    cpSync(join(web, 'client'), source, { recursive: true, filter: (path) => !path.endsWith('/generated') });
    await run('graphql-codegen', ['--config', join(source, 'codegen.mjs')], { ROWHOUSE_SCHEMA: `${server.address}schema.graphql` });
    await compile('--outDir', join(folder, 'compiled'));
  } catch (error) {
    remove();
    throw new Error(`web/client does not compile:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
  return {
    source,
    generated: join(source, 'generated'),
    compile,
    /** Imports modules of the compiled client. */
    load: (...names) => Promise.all(names.map((name) => import(join(folder, 'compiled', name)))),
    remove,
  };
}

/** The data of the first result of a query, or event of a subscription, that meets a condition. */
export async function shown(observable, holds, patience = 60_000) {
  let last, subscription, timer;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`still ${JSON.stringify(last)?.slice(0, 500)}`)), patience);
      subscription = observable.subscribe({
        next(result) {
          last = result;
          if (result.error) {
            reject(result.error);
          } else if (result.data && holds(result.data, result)) {
            resolve(result.data);
          }
        },
        error: reject,
      });
    });
  } finally {
    clearTimeout(timer);
    subscription?.unsubscribe();
  }
}

/** Repeats an action until its event arrives, because a client can't see when a subscription has begun. */
export async function until(holds, act, patience = 60_000) {
  const end = Date.now() + patience;
  for (let time = 1; !holds(); time++) {
    assert.ok(Date.now() < end, 'no event arrived');
    await act(time);
    for (let i = 0; i < 10 && !holds(); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
