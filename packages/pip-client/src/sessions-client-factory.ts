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
 * Creates the clients by their descriptors (WIRE_V1.md, Component model), as the toolkit's `IFactory`: in the groups
 * `pip-services-sessions` and `service-sessions`, under any name. A `*` for the kind means `http`.
 *
 * @example
 * const locator = new Descriptor('pip-services-sessions', 'client', 'memory', 'default', '1.0');
 * const client = new SessionsClientFactory().create(locator);
 */
export class SessionsClientFactory {
  readonly #registered = Object.entries(KINDS).flatMap(([kind, Client]) =>
    clientDescriptors(kind).map((descriptor) => ({ descriptor, Client })),
  );

  /** The descriptor that matches the locator; null when this factory cannot create such a component. */
  canCreate(locator: unknown): Descriptor | null {
    return this.#find(locator)?.descriptor ?? null;
  }

  /** A new component, not yet configured; null for a locator that nothing here matches. */
  create(locator: unknown): SessionsClientV1 | null {
    const found = this.#find(locator);
    return found ? new found.Client() : null;
  }

  #find(locator: unknown) {
    if (locator === null || locator === undefined) return undefined;
    return this.#registered.find(({ descriptor }) => descriptor.equals(locator));
  }
}
