import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sequences } from './sequences.ts';

function at(number: number): Sequences {
  const sequences = new Sequences();
  sequences.reset('a', number);
  return sequences;
}

/** As the feed asks: the server has that number now. */
function ask(sequences: Sequences, number: number): boolean {
  return sequences.check('a', number, sequences.lasts().get('a') ?? 0);
}

test('redis feed: messages in order follow; a hole and a number that was there are noticed', () => {
  const sequences = at(5);
  assert.deepEqual(
    [6, 7, 9, 10, 8, 10, 11].map((number) => sequences.hear('a', number)),
    ['next', 'next', 'after a hole', 'next', 'back', 'back', 'next'],
  );
});

test('redis feed: messages from before the numbers were taken over say nothing new', () => {
  const sequences = at(5);
  assert.deepEqual(
    [4, 5, 6].map((number) => sequences.hear('a', number)),
    ['before', 'before', 'next'],
  );
});

test('redis feed: a copy of an earlier message does not make whole what is not', () => {
  const sequences = at(5);
  sequences.hear('a', 6);
  ask(sequences, 7);
  assert.equal(sequences.hear('a', 6), 'back');
  assert.equal(sequences.isWhole, false);
  ask(sequences, 7);
  assert.equal(ask(sequences, 7), false);
});

test('redis feed: a last message that does not come is noticed at the third asking, and all is whole after it', () => {
  const sequences = at(5);
  assert.equal(ask(sequences, 6), true);
  assert.equal(ask(sequences, 6), true);
  assert.equal(sequences.isWhole, false);
  assert.equal(ask(sequences, 6), false);
  assert.equal(sequences.isWhole, true);
  assert.equal(ask(sequences, 6), true);
  assert.equal(sequences.hear('a', 7), 'next');
});

test('redis feed: a message that comes between two askings makes it whole', () => {
  const sequences = at(5);
  assert.equal(ask(sequences, 6), true);
  assert.equal(sequences.hear('a', 6), 'next');
  assert.equal(sequences.isWhole, true);
  assert.equal(ask(sequences, 6), true);
});

test('redis feed: a server whose number has gone back has lost what was told; one that answers late has not', () => {
  const sequences = at(5);
  sequences.hear('a', 6);
  const before = sequences.lasts().get('a') ?? 0;
  sequences.hear('a', 7);
  assert.equal(sequences.check('a', 6, before), true);
  assert.equal(ask(sequences, 4), false);
  assert.equal(sequences.hear('a', 5), 'next');
});
