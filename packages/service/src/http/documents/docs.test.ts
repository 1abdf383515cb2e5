import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';

async function serve(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  t.after(server.stop);
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, `${server.url}/docs`), { headers });
}

/** Returns the URLs that a page loads or links to. */
function linksOf(html: string): string[] {
  return [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link);
}

test('the reference page requires no key, and the service serves all its links', async (t) => {
  const get = await serve(t);
  const page = await get('/docs');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const html = await page.text();
  assert.doesNotMatch(html, /https?:|\/\/[a-z]|<style|<script>/);
  const script = await (await get('docs/page.js')).text();
  const links = [...linksOf(html), ...[...script.matchAll(/url: '([^']+)'/g)].map(([, url = '']) => url)];
  assert.ok(links.includes('openapi.json') && links.includes('swagger'), `${links}`);
  for (const link of links) {
    const answer = await get(link);
    assert.equal(answer.status, 200, link);
    assert.ok((await answer.bytes()).length > 0, link);
  }
});

test('its scripts and styles have the right type, and browsers may not guess another', async (t) => {
  const get = await serve(t);
  const types = {
    'docs/page.js': 'text/javascript; charset=utf-8',
    'docs/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
    'docs/page.css': 'text/css; charset=utf-8',
    'docs/swagger-ui.css': 'text/css; charset=utf-8',
    'docs/favicon-32x32.png': 'image/png',
  };
  for (const [path, type] of Object.entries(types)) {
    const { headers } = await get(path);
    assert.deepEqual([headers.get('content-type'), headers.get('x-content-type-options')], [type, 'nosniff'], path);
  }
  assert.match(await (await get('docs/swagger-ui-bundle.js')).text(), /SwaggerUIBundle/);
});

test('[K-09] the reference page loads nothing from other hosts and cannot be framed', async (t) => {
  const { headers } = await (await serve(t))('/docs');
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
  assert.equal(policy.get('default-src'), "'self'");
  assert.equal(policy.get('img-src'), "'self' data:");
  for (const name of ['base-uri', 'form-action', 'frame-ancestors']) assert.equal(policy.get(name), "'none'", name);
  for (const sources of policy.values()) assert.doesNotMatch(sources, /unsafe|\*|http/);
  assert.equal(headers.get('x-frame-options'), 'DENY');
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
});

test('an unchanged file is a 304, a changed one is sent again', async (t) => {
  const get = await serve(t);
  const etag = (await get('docs/swagger-ui.css')).headers.get('etag') ?? '';
  assert.equal((await get('docs/swagger-ui.css', { 'if-none-match': etag })).status, 304);
  assert.equal((await get('docs/swagger-ui.css', { 'if-none-match': '"old"' })).status, 200);
});

test('without API v1 the page has no link to its document; without API v2, no page', async (t) => {
  const withoutV1 = await serve(t, { v1: null });
  assert.ok(!linksOf(await (await withoutV1('/docs')).text()).includes('swagger'));
  const withoutV2 = await serve(t, { v2: null });
  assert.equal((await withoutV2('/docs')).status, 404);
  assert.equal((await withoutV2('docs/swagger-ui.css')).status, 404);
});

test('a path under the page that leaves its folder does not exist', async (t) => {
  const get = await serve(t);
  for (const path of [
    'docs/package.json',
    'docs/..%2fpackage.json',
    'docs/%2e%2e%2findex.js',
    'docs/',
    'docs/csp.json',
  ]) {
    assert.equal((await get(path)).status, 404, path);
  }
});
