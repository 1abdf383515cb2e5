import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForged, type OriginRules } from './origin.ts';

const RULES: OriginRules = {
  origins: new Set(),
  allows_same_site: false,
  cross_site_paths: new Set(),
  trusts_forwarded_host: false,
};

function post(host: string | null, headers: Readonly<Record<string, string>>, method = 'POST') {
  return { method, host, path: '/', header: (name: string) => headers[name] ?? null };
}

test('an origin without a host never matches, even if the request has no host', () => {
  for (const host of ['app.example.com', '', null]) {
    for (const origin of ['null', '', 'file:///', 'app.example.com', 'https://']) {
      assert.equal(isForged(post(host, { origin }), RULES), true, `${origin} at ${host}`);
    }
  }
});

test('an origin must have the form that browsers write', () => {
  const host = 'app.example.com';
  const spellings = [
    ...['/', '/path', '?', '#a', ':443', '\t', '\u00a0', '%2e'].map((end) => `https://${host}${end}`),
    ...['https:', 'https:/', 'https:///', 'https:\\\\', 'https://user@', ' https://', '//'].map(
      (start) => start + host,
    ),
    ...['capacitor', 'ftp', 'ws', 'blob:https'].map((scheme) => `${scheme}://${host}`),
    'https://app%2eexample.com',
    'https://app.exam\tple.com',
    'https://\uff41pp.example.com',
  ];
  for (const origin of spellings) assert.equal(isForged(post(host, { origin }), RULES), true, JSON.stringify(origin));
  for (const origin of [`https://${host}`, `http://${host}`]) {
    assert.equal(isForged(post(host, { origin }), RULES), false, origin);
  }
});

test('Sec-Fetch-Site is compared exactly, without trimming', () => {
  for (const site of ['\u00a0same-origin', 'same-origin\u00a0', 'Same-Origin', 'none;', 'none,', '']) {
    assert.equal(isForged(post('app.example.com', { 'sec-fetch-site': site }), RULES), true, JSON.stringify(site));
  }
});

test('a request with two origins is from neither', () => {
  const origin = 'https://app.example.com, https://evil.example';
  assert.equal(isForged(post('app.example.com', { origin }), RULES), true);
  assert.equal(isForged(post('app.example.com', { 'sec-fetch-site': 'same-origin, cross-site' }), RULES), true);
});

test('hosts are compared without case and with their ports', () => {
  assert.equal(isForged(post('App.Example.com', { origin: 'https://app.example.COM' }), RULES), false);
  assert.equal(isForged(post('app.example.com', { origin: 'https://app.example.com:8443' }), RULES), true);
});

test('the default port is the same as none, and other spellings of a host differ', () => {
  const isOwn = (host: string, origin: string) => !isForged(post(host, { origin }), RULES);
  for (const host of ['app.example.com:443', 'APP.example.com:0443', 'app.example.com:']) {
    assert.equal(isOwn(host, 'https://app.example.com'), true, host);
    assert.equal(isOwn(host, 'http://app.example.com'), host.endsWith(':'), host);
  }
  assert.equal(isOwn('[::1]:80', 'http://[::1]'), true);
  const others = [
    'app.example.com:80',
    'user@app.example.com',
    'app.example.com/',
    'app.example.com#',
    'app%2eexample.com',
  ];
  for (const host of others) assert.equal(isOwn(host, 'https://app.example.com'), false, host);
});

test('[C-03] X-Forwarded-Host counts only with trust_forwarded_host', () => {
  const headers = { origin: 'https://app.example.com', 'x-forwarded-host': 'App.example.com:443, inner' };
  assert.equal(isForged(post('localhost:3000', headers), RULES), true);
  const trusting = { ...RULES, trusts_forwarded_host: true };
  assert.equal(isForged(post('localhost:3000', headers), trusting), false);
  assert.equal(isForged(post('app.example.com', { ...headers, 'x-forwarded-host': 'evil.example' }), trusting), true);
  assert.equal(isForged(post('app.example.com', { origin: headers.origin }), trusting), false);
});

test('[ASVS-4.4.2] a WebSocket request is checked like a POST; Origin counts before Sec-Fetch-Site', () => {
  const isOpen = (headers: Record<string, string>) =>
    !isForged(post('app.example.com', { upgrade: 'WebSocket', ...headers }, 'GET'), RULES);
  const own = 'https://app.example.com';
  const good: Record<string, string>[] = [
    {},
    { origin: own },
    { 'sec-fetch-site': 'same-origin' },
    { origin: own, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of good) assert.equal(isOpen(headers), true, JSON.stringify(headers));
  const forged = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'same-site' }];
  for (const headers of forged) assert.equal(isOpen(headers), false, JSON.stringify(headers));
});

test('every method except GET, HEAD and OPTIONS is checked', () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'get']) {
    assert.equal(isForged(post('app.example.com', headers, method), RULES), true, method);
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    assert.equal(isForged(post('app.example.com', headers, method), RULES), false, method);
  }
});
