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
  return [...html.matchAll(/(?:href|src|data-document)="([^"]+)"/g)].map(([, link = '']) => link);
}

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

const PAGES = { '/docs': ['openapi.json', 'swagger'], '/swagger': ['v1/sessions/swagger', 'docs'] };

for (const [path, expected] of Object.entries(PAGES)) {
  test(`the page ${path} requires no key, and the service serves all its links`, async (t) => {
    const get = await serve(t);
    const page = await get(path, BROWSER);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const html = await page.text();
    assert.doesNotMatch(html, /https?:|\/\/[a-z]|<style|<script>/);
    const links = linksOf(html);
    for (const link of expected) assert.ok(links.includes(link), `${links}`);
    for (const link of links) {
      const answer = await get(link, BROWSER);
      assert.equal(answer.status, 200, link);
      assert.ok((await answer.bytes()).length > 0, link);
    }
  });
}

test('/swagger is a page for clients that prefer text/html, else the document', async (t) => {
  const get = await serve(t);
  const typeOf = async (accept: string) => {
    const { headers } = await get('/swagger', { accept });
    assert.equal(headers.get('vary'), 'accept');
    return headers.get('content-type')?.split(';')[0];
  };
  for (const accept of [BROWSER.accept, 'text/html', 'TEXT/HTML; q=0.5', 'application/json;q=0.1, text/html']) {
    assert.equal(await typeOf(accept), 'text/html', accept);
  }
  for (const accept of [
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0',
    'text/html;q=x',
    '',
  ]) {
    assert.equal(await typeOf(accept), 'application/json', accept);
  }
  assert.equal(
    (await get('v1/sessions/swagger', BROWSER)).headers.get('content-type'),
    'application/json; charset=utf-8',
  );
});

test('a slash at the end leads to the page, also behind the prefix of a proxy', async (t) => {
  const { url, stop } = await startTestServer();
  t.after(stop);
  for (const [path, page] of [
    ['/docs/', '/docs'],
    ['/swagger/', '/swagger'],
  ] as const) {
    const { status, headers } = await fetch(url + path, { redirect: 'manual' });
    assert.equal(status, 308);
    const location = headers.get('location') ?? '';
    assert.equal(new URL(location, `http://proxy/prefix${path}`).href, `http://proxy/prefix${page}`);
    assert.equal(new URL(location, url + path).href, url + page);
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
  const get = await serve(t);
  const { headers } = await get('/docs');
  for (const name of ['content-security-policy', 'x-frame-options', 'referrer-policy']) {
    assert.equal((await get('/swagger', BROWSER)).headers.get(name), headers.get(name), name);
  }
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

test('an API that is not served has no page, and no page links to it', async (t) => {
  const withoutV1 = await serve(t, { v1: null });
  assert.ok(!linksOf(await (await withoutV1('/docs')).text()).includes('swagger'));
  const withoutV2 = await serve(t, { v2: null });
  assert.equal((await withoutV2('/docs')).status, 404);
  assert.ok(!linksOf(await (await withoutV2('/swagger', BROWSER)).text()).includes('docs'));
  assert.equal((await withoutV2('docs/swagger-ui.css')).status, 200);
  const withoutBoth = await serve(t, { v1: null, v2: null });
  for (const path of ['/docs', '/swagger', 'docs/swagger-ui.css']) {
    assert.equal((await withoutBoth(path)).status, 404, path);
  }
});

test('a path under the page that leaves its folder does not exist', async (t) => {
  const get = await serve(t);
  for (const path of ['docs/package.json', 'docs/..%2fpackage.json', 'docs/%2e%2e%2findex.js', 'docs/csp.json']) {
    assert.equal((await get(path)).status, 404, path);
  }
});
