import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAlikesOf } from '../fixtures/look-alikes.ts';
import { cookieValue } from './cookies.ts';

const NAME = '__Host-session';

test('cookie names are compared byte by byte', () => {
  const decoded = [...'\u0085\u00a0\u1680\u180e\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'];
  const names = decoded.flatMap((mark) => [mark + NAME, NAME + mark, NAME.replace('-', `-${mark}`)]);
  for (const name of [...names, NAME.replace('s', '\u017f')]) {
    assert.equal(cookieValue(`${name}=planted`, NAME), null, JSON.stringify(name));
    assert.equal(cookieValue(`${name}=planted; ${NAME}=own`, NAME), 'own', JSON.stringify(name));
  }
  for (const { name, isExact } of lookAlikesOf(NAME)) {
    assert.equal(cookieValue(`${name}=planted`, NAME), isExact ? 'planted' : null, JSON.stringify(name));
  }
});

test('only SP and HTAB are removed around a value', () => {
  assert.equal(cookieValue(`${NAME} =\t own \t; a=b`, NAME), 'own');
  for (const mark of ['\u00a0', '\u000b', '\f', '\r', '\n', '\ufeff', '"']) {
    assert.equal(cookieValue(`${NAME}=${mark}own${mark}`, NAME), `${mark}own${mark}`, JSON.stringify(mark));
  }
});

test('two cookies of the same name count as none, since one may be planted', () => {
  for (const header of [`${NAME}=a; ${NAME}=b`, `${NAME}=a;${NAME}=a`, `${NAME}=; x=y;\t${NAME}=a`]) {
    assert.equal(cookieValue(header, NAME), null, header);
  }
});
