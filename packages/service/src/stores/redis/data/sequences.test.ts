import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sequences } from './sequences.ts';

function at(number: number): Sequences {
  const sequences = new Sequences();
  sequences.reset('a', number);
  return sequences;
}

/** The server reports this number in a check of the feed. */
function check(sequences: Sequences, number: number): boolean {
  return sequences.check('a', number, sequences.lasts().get('a') ?? 0);
}

test('redis feed: a hole in the numbers and a repeated number are detected', () => {
  const sequences = at(5);
  assert.deepEqual(
    [6, 7, 9, 10, 8, 10, 11].map((number) => sequences.receive('a', number)),
    ['next', 'next', 'after a hole', 'next', 'back', 'back', 'next'],
  );
});

test('redis feed: messages from before a reset are ignored', () => {
  const sequences = at(5);
  assert.deepEqual(
    [4, 5, 6].map((number) => sequences.receive('a', number)),
    ['before', 'before', 'next'],
  );
});

test('redis feed: a replayed message does not make an incomplete feed complete', () => {
  const sequences = at(5);
  sequences.receive('a', 6);
  check(sequences, 7);
  assert.equal(sequences.receive('a', 6), 'back');
  assert.equal(sequences.isComplete, false);
  check(sequences, 7);
  assert.equal(check(sequences, 7), false);
});

test('redis feed: a missing last message is detected at the third check', () => {
  const sequences = at(5);
  assert.equal(check(sequences, 6), true);
  assert.equal(check(sequences, 6), true);
  assert.equal(sequences.isComplete, false);
  assert.equal(check(sequences, 6), false);
  assert.equal(sequences.isComplete, true);
  assert.equal(check(sequences, 6), true);
  assert.equal(sequences.receive('a', 7), 'next');
});

test('redis feed: a message that arrives between two checks makes the feed complete', () => {
  const sequences = at(5);
  assert.equal(check(sequences, 6), true);
  assert.equal(sequences.receive('a', 6), 'next');
  assert.equal(sequences.isComplete, true);
  assert.equal(check(sequences, 6), true);
});

test('redis feed: a number that goes back is a loss, and a late response is not', () => {
  const sequences = at(5);
  sequences.receive('a', 6);
  const before = sequences.lasts().get('a') ?? 0;
  sequences.receive('a', 7);
  assert.equal(sequences.check('a', 6, before), true);
  assert.equal(check(sequences, 4), false);
  assert.equal(sequences.receive('a', 5), 'next');
});
