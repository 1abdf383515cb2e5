import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import { runLibraryCases } from './fixtures/suite.ts';

/** The names under which the older versions are installed. */
const OLDER: Readonly<Record<string, string>> = {
  fastify: 'fastify4',
  '@fastify/cookie': 'fastify-cookie9',
  '@fastify/session': 'fastify-session10',
};

registerHooks({
  resolve: (specifier, context, next) => next(OLDER[specifier] ?? specifier, context),
});
const { startFastifyApp } = await import('./fixtures/fastify-app.ts');

test('the tests of @fastify/session 10 load version 10 and Fastify 4', async () => {
  const [used, wanted] = [await import('@fastify/session'), await import('fastify-session10')];
  assert.equal(used.default, wanted.default as unknown);
  assert.equal((await import('fastify')).default().version[0], '4');
});

const LEAVES_FORMER = 'version 10 leaves the former session open after regenerate';

runLibraryCases('@fastify/session 10', startFastifyApp, {
  'a sign-in is listed for the user, and its revocation takes effect at once': LEAVES_FORMER,
  'the user’s list has one device per browser': LEAVES_FORMER,
  'a session can be cloned, and has only the application’s properties': 'the store holds a version in a function',
  'a cookie with a name similar to the library’s has no effect': '@fastify/cookie 9 trims names as JavaScript does',
});
