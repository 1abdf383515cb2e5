import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeenNode, withNode } from './nodes.ts';
import type { Health } from './types.ts';

const healthOf = (id: string) => ({ status: 'ok', reason: null, node: { id } }) as Health;

test('each node is listed once, the latest response first, until it is silent for long', () => {
  let nodes: readonly SeenNode[] = [];
  for (const [id, now] of [
    ['a', 0],
    ['b', 10],
    ['a', 20],
  ] as const) {
    nodes = withNode(nodes, healthOf(id), now);
  }
  const seen = () => nodes.map(({ node, seen_at }) => `${node.id} ${seen_at}`);
  assert.deepEqual(seen(), ['a 20', 'b 10']);
  nodes = withNode(nodes, healthOf('a'), 1_000_000);
  assert.deepEqual(seen(), ['a 1000000']);
});
