import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialOf } from './credential.ts';

const TOKEN = `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`;

function tokenOf(authorization: string): string | null {
  const request = {
    method: 'GET',
    host: null,
    path: null,
    header: (name: string) => (name === 'authorization' ? authorization : null),
  };
  return credentialOf(request, ['bearer'], 'session')?.token ?? null;
}

test('a bearer token is read by RFC 6750, with only spaces before it', () => {
  for (const authorization of [`Bearer ${TOKEN}`, `bearer   ${TOKEN}`]) assert.equal(tokenOf(authorization), TOKEN);
  for (let code = 0; code < 256; code += 1) {
    const byte = String.fromCharCode(code);
    const others = [`${byte}Bearer ${TOKEN}`, `Bearer ${TOKEN}${byte}`, `Bearer ${TOKEN.slice(0, -1)}${byte}`];
    const between = byte === ' ' ? [] : [`Bearer${byte}${TOKEN}`, `Bearer ${byte}${TOKEN}`];
    for (const authorization of [...others, ...between]) {
      const isToken = /^[\w-]$/.test(byte) && authorization === others[2];
      assert.equal(tokenOf(authorization) !== null, isToken, JSON.stringify(authorization));
    }
  }
});
