import type { Health } from './types.ts';

/** A node with its last response. */
export interface SeenNode extends Health {
  /** When it responded, in milliseconds of the service's clock. */
  readonly seen_at: number;
}

/** A node without a response for this long is not shown any more. */
const FORGOTTEN_MS = 900_000;

/**
 * The nodes that have responded to this page, the latest response first. Nothing lists the nodes of a service: a proxy
 * before them decides which one responds.
 */
export function withNode(nodes: readonly SeenNode[], health: Health, now: number): readonly SeenNode[] {
  const others = nodes.filter(({ node, seen_at }) => node.id !== health.node.id && now - seen_at < FORGOTTEN_MS);
  return [{ ...health, seen_at: now }, ...others];
}
