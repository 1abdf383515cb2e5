import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from './create-store.ts';
import { isSharedStore, withoutPassword } from './shared/store-url.ts';

test('a store URL is shown without its password, even if it cannot be parsed', () => {
  for (const [url, shown] of [
    ['postgres://app:hunter2@db:5432/app?sslmode=verify-full', 'postgres://app:…@db:5432/app?sslmode=verify-full'],
    ['postgresql://app:hun/ter@2@db/app', 'postgresql://app:…@db/app'],
    ['redis://:hunter2@db', 'redis://:…@db'],
    ['rediss://db:6379?cluster=true&password=hunter2&timeout=1', 'rediss://db:6379?cluster=true&password=…&timeout=1'],
    ['postgres://db/app?sslpassword=hunter2#x', 'postgres://db/app?sslpassword=…#x'],
    ['postgres:/app:hunter2@db', 'postgres:/app:…@db'],
    ['postgres://app@db/app', 'postgres://app@db/app'],
    ['redis://db:6379', 'redis://db:6379'],
    ['sqlite:data/a@b.db', 'sqlite:data/a@b.db'],
    ['memory:', 'memory:'],
  ] as const) {
    assert.equal(withoutPassword(url), shown);
  }
});

test('an unknown URL scheme is rejected with the known ones, without quoting the URL', async () => {
  await assert.rejects(createStore('mysql://app:hunter2@db/app'), {
    code: 'INVALID_CONFIG',
    message: /^The store URL starts with "mysql:"; allowed: "memory:", [^@]*"sqlite:"[^@]*$/,
  });
});

test('only the memory and SQLite stores belong to one process', () => {
  assert.deepEqual(['memory:', 'sqlite:a.db'].map(isSharedStore), [false, false]);
  assert.deepEqual(['postgres://db', 'postgresql://db', 'redis://db', 'rediss://db'].map(isSharedStore), [
    true,
    true,
    true,
    true,
  ]);
});
