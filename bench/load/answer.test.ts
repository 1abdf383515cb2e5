import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from './answer.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n';
const ANSWER = Buffer.from(`${HEAD}{"a":"é"}`);

test('a response is complete only with its last byte', () => {
  for (let length = 0; length < ANSWER.length; length += 1) {
    assert.equal(readAnswer(ANSWER.subarray(0, length)), null, `${length} bytes`);
  }
  const answer = readAnswer(ANSWER);
  assert.equal(answer?.status, 200);
  assert.equal(answer?.body.toString(), '{"a":"é"}');
});

test('a response without content has no body', () => {
  const answer = readAnswer(Buffer.from('HTTP/1.1 204 No Content\r\nconnection: keep-alive\r\n\r\n'));
  assert.deepEqual([answer?.status, answer?.body.length], [204, 0]);
});

test('bodies of unknown length and bytes after the response are rejected', () => {
  const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
  assert.throws(() => readAnswer(chunked), /without Content-Length/);
  assert.throws(() => readAnswer(Buffer.concat([ANSWER, Buffer.from('H')])), /1 bytes after/);
});
