import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForged } from './origin.ts';

const RULES = { origins: new Set<string>(), allows_same_site: false };

function post(host: string | null, headers: Readonly<Record<string, string>>, method = 'POST') {
  return { method, host, header: (name: string) => headers[name] ?? null };
}

test('an origin without a host is nobody’s own, also where the request names no host either', () => {
  for (const host of ['app.example.com', '', null]) {
    for (const origin of ['null', '', 'file:///', 'app.example.com', 'https://']) {
      assert.equal(isForged(post(host, { origin }), RULES), true, `${origin} at ${host}`);
    }
  }
});

test('an origin is read as browsers write it, and not as a URL parser would', () => {
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

test('Sec-Fetch-Site counts as it is written, and nothing around it is left out', () => {
  for (const site of ['\u00a0same-origin', 'same-origin\u00a0', 'Same-Origin', 'none;', 'none,', '']) {
    assert.equal(isForged(post('app.example.com', { 'sec-fetch-site': site }), RULES), true, JSON.stringify(site));
  }
});

test('what names two origins is from neither', () => {
  const origin = 'https://app.example.com, https://evil.example';
  assert.equal(isForged(post('app.example.com', { origin }), RULES), true);
  assert.equal(isForged(post('app.example.com', { 'sec-fetch-site': 'same-origin, cross-site' }), RULES), true);
});

test('hosts are the same in any case, and ports count', () => {
  assert.equal(isForged(post('App.Example.com', { origin: 'https://app.example.COM' }), RULES), false);
  assert.equal(isForged(post('app.example.com', { origin: 'https://app.example.com:8443' }), RULES), true);
});

test('every method but those that change nothing is looked at', () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'get']) {
    assert.equal(isForged(post('app.example.com', headers, method), RULES), true, method);
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    assert.equal(isForged(post('app.example.com', headers, method), RULES), false, method);
  }
});
