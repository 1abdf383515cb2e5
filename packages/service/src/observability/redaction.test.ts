import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from './log.ts';

const ID = '3a7f0123456789abcdef0123456789abcdef';
const TOKEN = `ps_${ID}_${'Ab-_'.repeat(10)}xyz`;
const KEY = `psk_${'Zy-_'.repeat(10)}abc`;

function lineOf(content: object): string {
  let text = '';
  const log = createLogger('trace', {
    write: (line) => {
      text = line;
    },
  });
  log.info(content);
  return text;
}

const everyCharacter = (text: string) => [...text].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');

for (const [what, secret] of Object.entries({ token: TOKEN, key: KEY, id: ID })) {
  test(`[ASVS-16.2.5] no log line contains a ${what}, in any place and URL encoding`, () => {
    const spellings = [
      secret,
      secret.toUpperCase(),
      encodeURIComponent(secret),
      everyCharacter(secret),
      everyCharacter(everyCharacter(secret)),
      secret.replace('_', '%5f'),
      `%${secret}`,
    ];
    for (const spelling of spellings) {
      const places = [
        { url: `/v2/x/${spelling}/data` },
        { details: { members: [spelling], [spelling]: 1 } },
        { err: Object.assign(new Error(`cannot read ${spelling}`), { detail: spelling }) },
      ];
      for (const place of places) {
        const line = lineOf(place).toLowerCase();
        for (const text of new Set([secret.slice(-20), spelling.slice(-20)])) {
          assert.ok(!line.includes(text.toLowerCase()), `${line} has ${text}`);
        }
      }
    }
  });
}

test('values without secrets are logged unchanged', () => {
  const content = {
    session: '1a2b3c4d5e6f',
    trace: '0af7651916cd43dd8448eb211c80319c',
    hash: 'a'.repeat(64),
    share: '100 % of 50%',
    list: [1, null, { ok: true }],
  };
  assert.partialDeepStrictEqual(JSON.parse(lineOf(content)), content);
});

test('[ASVS-16.2.5] log lines leave out session properties at every depth', () => {
  const line = lineOf({ token: 'a', details: { user: 'b', rest: { data: 'c', session_id: 'd', kept: 'e' } } });
  assert.partialDeepStrictEqual(JSON.parse(line), { details: { rest: { kept: 'e' } } });
  assert.doesNotMatch(line, /token|user|data|session_id/);
});
