import type { SessionsClientV1 } from '@pip-sessions/contract/v1';
import type { Descriptor } from 'pip-services3-commons-nodex';
import { clientDescriptors } from './descriptors.ts';
import { SessionsDirectClientV1 } from './sessions-direct-client-v1.ts';
import { SessionsHttpClientV1 } from './sessions-http-client-v1.ts';
import { SessionsMemoryClientV1 } from './sessions-memory-client-v1.ts';
import { SessionsNullClientV1 } from './sessions-null-client-v1.ts';

const KINDS: Readonly<Record<string, new () => SessionsClientV1>> = {
  http: SessionsHttpClientV1,
  'commandable-http': SessionsHttpClientV1,
  direct: SessionsDirectClientV1,
  null: SessionsNullClientV1,
  memory: SessionsMemoryClientV1,
  mock: SessionsMemoryClientV1,
};

/**
 * Creates the clients of this package by their descriptors, as the toolkit's `IFactory` (WIRE_V1.md, Component model).
 * They have the groups `pip-services-sessions` and `service-sessions`, and any name. A `*` as the kind means `http`.
 *
 * @example
 * import { SessionsClientFactory } from '@pip-sessions/pip-client';
 * import { Descriptor } from 'pip-services3-commons-nodex';
 *
 * const locator = new Descriptor('pip-services-sessions', 'client', 'memory', 'default', '1.0');
 * const client = new SessionsClientFactory().create(locator);
 */
export class SessionsClientFactory {
  readonly #registered = Object.entries(KINDS).flatMap(([kind, Client]) =>
    clientDescriptors(kind).map((descriptor) => ({ descriptor, Client })),
  );

  /** Returns the descriptor that matches the locator; null if this factory has no such component. */
  canCreate(locator: unknown): Descriptor | null {
    return this.#find(locator)?.descriptor ?? null;
  }

  /** Returns a new component that is not configured yet; null if this factory has no such component. */
  create(locator: unknown): SessionsClientV1 | null {
    const found = this.#find(locator);
    return found ? new found.Client() : null;
  }

  #find(locator: unknown) {
    if (locator === null || locator === undefined) return undefined;
    return this.#registered.find(({ descriptor }) => descriptor.equals(locator));
  }
}
