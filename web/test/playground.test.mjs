// The built Playground in a real browser, on a real server with a separate database. Each test fails if the browser
// logs an error, for example a violation of the page's policy, or sends a request to another host.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './server.mjs';

const screenshots = join(import.meta.dirname, '../test-output');
let server, address, browser;

before(async () => {
  assert.ok(existsSync(join(import.meta.dirname, '../playground/dist/index.html')), 'the Playground is not built: make web');
  mkdirSync(screenshots, { recursive: true });
  server = await start();
  ({ address } = server);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Root can't use the sandbox; no other host can be reached.
    args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the Playground as a new visitor and calls use, which may cause the expected errors. */
async function visit(use, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(address) || faults.push(request.url()));
  await page.goto(address);
  await ready(page);
  await use(page);
  await context.close();
  assert.deepEqual(faults.filter((fault) => !expected.test(fault)), []);
}

const ready = (page) => page.locator('.result-window .monaco-editor').waitFor();

const picker = (page) => page.getByLabel('Tenant', { exact: true });

async function become(page, tenant) {
  await settled(page);
  await picker(page).fill(tenant);
  if (await picker(page).getAttribute('placeholder') !== tenant) {
    await Promise.all([page.waitForEvent('load'), picker(page).press('Enter')]);
    await ready(page);
  }
  assert.equal(await picker(page).inputValue(), tenant);
}

/** Waits until GraphiQL has saved its editors, half a second after the last change. */
const settled = (page) => page.waitForTimeout(800);

/** The whole response; the editor renders only the visible lines. */
const answer = (page) => page.evaluate(() =>
  globalThis.__MONACO?.editor.getModels().find((model) => model.uri.path.endsWith('response.json'))?.getValue() ?? '');

async function run(page) {
  await page.getByRole('button', { name: 'Execute query' }).click();
  await page.locator('.result-window', { hasText: /"(data|errors)"/ }).waitFor();
  return answer(page);
}

/** Types a document into a new tab, which GraphiQL names after the operation. */
async function write(page, document) {
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator('.graphiql-query-editor .monaco-editor').click();
  await page.keyboard.insertText(document);
  await page.locator('.graphiql-tab-button', { hasText: /\w+ (\w+)/.exec(document)[1] }).waitFor();
  await page.getByRole('button', { name: 'Prettify query' }).click();
  await page.locator('.graphiql-query-editor .line-numbers', { hasText: /^3$/ }).waitFor();
}

const titles = (page) => page.locator('.graphiql-tab-button').allTextContents();

async function open(page, tab) {
  await page.locator('.graphiql-tab-button', { hasText: tab }).click();
  await settled(page);
}

test('switching the tenant shows its rows and removes those of the other', async () => {
  await visit(async (page) => {
    await become(page, 'acme');
    const acme = await run(page);
    assert.match(acme, /"Acme Ltd"[^]*"Courier app"[^]*"Web shop"/);
    await page.screenshot({ path: join(screenshots, 'acme.png') });

    await become(page, 'globex');
    assert.equal(await answer(page), '');
    const globex = await run(page);
    assert.match(globex, /"Globex Corporation"[^]*"Fusion pilot"[^]*"Investor site"/);
    assert.doesNotMatch(globex, /acme|anvil|Web shop|Courier/i);
  });
});

test('every starter document runs unchanged for each tenant', async () => {
  await visit(async (page) => {
    for (const tenant of ['acme', 'globex', 'acme']) {
      await become(page, tenant);
      for (const tab of ['Projects', 'CreateItem', 'ItemPage']) {
        await open(page, tab);
        const got = JSON.parse(await run(page));
        assert.equal(got.errors, undefined, `${tab} as ${tenant}: ${JSON.stringify(got)}`);
        assert.match(JSON.stringify(got.data), /"key"/, `${tab} as ${tenant}`);
      }
      await page.screenshot({ path: join(screenshots, `starters-${tenant}.png`) });
    }
    assert.deepEqual(await titles(page), ['Projects', 'CreateItem', 'ItemPage']);
  });
});

test('the documentation opens, the history fills, and tabs survive a reload', async () => {
  await visit(async (page) => {
    await open(page, 'CreateItem');
    await run(page);
    await write(page, 'query Mine { labels { nodes { name } } }');
    await page.getByRole('button', { name: 'Show History' }).click();
    await page.locator('.graphiql-history', { hasText: 'CreateItem' }).waitFor();
    await page.screenshot({ path: join(screenshots, 'history.png') });
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.locator('.graphiql-doc-explorer', { hasText: 'Each field is one transaction.' }).waitFor();
    await page.screenshot({ path: join(screenshots, 'documentation.png') });

    await settled(page);
    await page.reload();
    await ready(page);
    assert.deepEqual(await titles(page), ['Projects', 'CreateItem', 'ItemPage', 'Mine']);
    assert.match(await run(page), /"feature"/);
  });
});

test('an unknown tenant shows an error, and another tenant can be picked', async () => {
  await visit(async (page) => {
    await become(page, 'initech');
    await page.locator('.result-window', { hasText: 'TENANT_UNAVAILABLE' }).waitFor();
    assert.match(await page.locator('.refusal').textContent(), /no such tenant may be used/); // beside the picker
    await page.screenshot({ path: join(screenshots, 'unavailable.png') });
    assert.match(await run(page), /no such tenant may be used/);
    await become(page, 'globex');
    assert.equal(await page.locator('.refusal').count(), 0);
    assert.match(await run(page), /"Globex Corporation"/);
  }, { expected: /status of 403/ });
});

test('the picker overrides the header editor', async () => {
  await visit(async (page) => {
    await become(page, 'globex');
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
    await page.keyboard.insertText('{"x-tenant-id": "acme"}');
    assert.match(await run(page), /"Globex Corporation"/);
  });
});

test('a tenant is picked from the list', async () => {
  await visit(async (page) => {
    assert.deepEqual(await page.locator('#tenants option').evaluateAll((options) => options.map(({ value }) => value)), ['acme', 'globex']);
    await picker(page).focus();
    assert.equal(await picker(page).inputValue(), ''); // so that the list is whole
    await Promise.all([page.waitForEvent('load'), picker(page).evaluate((input) => {
      // As browsers do; nothing can click into their lists.
      input.value = 'globex';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    })]);
    await ready(page);
    assert.equal(await picker(page).inputValue(), 'globex');
    await picker(page).focus();
    await picker(page).press('Enter');
    assert.equal(await picker(page).inputValue(), 'globex');
  });
});

test('the policy allows WebSockets to this server only', async () => {
  const connect = (page, url) => page.evaluate((target) => new Promise((resolve) => {
    addEventListener('securitypolicyviolation', () => resolve('refused'));
    new WebSocket(target).onclose = () => setTimeout(resolve, 500, 'let through');
  }), url);
  await visit(async (page) => {
    assert.equal(await connect(page, `${address.replace('http', 'ws')}graphql`), 'let through');
    assert.equal(await connect(page, 'ws://example.com/'), 'refused');
  }, { expected: /^WebSocket connection|^Connecting to 'ws:\/\/example.com\/' violates/ });
});

test('the page fits narrow windows, in light and dark mode', async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 800]) {
      await visit(async (page) => {
        await run(page);
        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        await page.getByRole('link', { name: 'Query' }).waitFor();
        await page.screenshot({ path: join(screenshots, `${colorScheme}-${width}-documentation.png`) });
        await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
        await open(page, 'CreateItem');
        await run(page);
        await page.screenshot({ path: join(screenshots, `${colorScheme}-${width}.png`) });
        const box = await picker(page).boundingBox();
        assert.ok(box.x + box.width <= width, `the picker ends at ${box.x + box.width} of ${width}`);
      }, { colorScheme, viewport: { width, height: 800 } });
    }
  }
});

test('a deferred response arrives in parts and is shown as one', async () => {
  const comments = 'comments { nodes { body author { name } } }';
  const items = (selection) => `{ items(first: 5, orderBy: CREATED_AT_ASC) { nodes { key ${selection} } } }`;
  const whole = await server.ask('acme', items(comments));
  assert.match(JSON.stringify(whole), /"body"/);
  await visit(async (page) => {
    await become(page, 'acme');
    await write(page, `query Deferred ${items(`... @defer { ${comments} }`)}`);
    const [response] = await Promise.all([page.waitForResponse((r) => r.request().postData()?.includes('Deferred')), run(page)]);
    assert.match(response.headers()['content-type'], /^multipart\/mixed/);
    await settled(page);
    await page.screenshot({ path: join(screenshots, 'deferred.png') });
    assert.deepEqual(JSON.parse(await answer(page)), { data: whole });
  });
});

test('a subscription receives events of its tenant only, until it is stopped', async () => {
  const create = (tenant, key, name) =>
    server.ask(tenant, 'mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }', { input: { key, name } });
  const sent = [], events = [];
  await visit(async (page) => {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload)));
      socket.on('framereceived', ({ payload }) => {
        const { type, payload: event } = JSON.parse(payload);
        if (type === 'next') {
          events.push(event.data.projectChanged);
        }
      });
    });
    await become(page, 'globex');
    await write(page, 'subscription Live { projectChanged { change project { name } } }');
    await page.getByRole('button', { name: 'Execute query' }).click();
    await settled(page); // until the server listens
    assert.deepEqual(sent[0], { type: 'connection_init', payload: { 'X-Tenant-ID': 'globex' } });

    // In this order: when the second is heard of, the first would have been.
    await create('acme', 'LIVE', 'Rocket skates');
    await create('globex', 'LIVE', 'Cold fusion');
    await page.locator('.result-window', { hasText: 'Cold fusion' }).waitFor();
    await page.screenshot({ path: join(screenshots, 'subscription.png') });
    const heard = { change: 'CREATED', project: { name: 'Cold fusion' } };
    assert.deepEqual(JSON.parse(await answer(page)), { data: { projectChanged: heard } });
    assert.deepEqual(events, [heard]);

    await page.getByRole('button', { name: 'Stop query' }).click();
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
    await create('globex', 'LATER', 'Warm fusion');
    await settled(page);
    assert.equal(sent.at(-1).type, 'complete');
    assert.deepEqual(events, [heard]);
    await become(page, 'acme');
    assert.equal(await answer(page), '');
    assert.equal(sent.filter(({ type }) => type === 'connection_init').length, 1);
  });
});
