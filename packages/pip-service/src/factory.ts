import { Descriptor, InternalException } from 'pip-services3-commons-nodex';
import { SessionsController } from './controller.ts';
import { GROUPS } from './dependencies.ts';
import { SessionsHttpServiceV1 } from './http-service.ts';
import { SessionsFilePersistence } from './persistence/file-persistence.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';

/** Creates components by their descriptors, as the toolkit's containers ask for them. */
export interface ComponentFactory {
  /** What the factory would create, by its own descriptor; null for what it does not know. */
  canCreate(locator: unknown): unknown;
  /** Returns a new component for a locator that `canCreate` accepts. */
  create(locator: unknown): unknown;
}

const COMPONENTS: readonly (readonly [type: string, kind: string, create: () => object])[] = [
  ['persistence', 'memory', () => new SessionsMemoryPersistence()],
  ['persistence', 'file', () => new SessionsFilePersistence()],
  ['controller', 'default', () => new SessionsController()],
  ['service', 'http', () => new SessionsHttpServiceV1()],
  ['service', 'commandable-http', () => new SessionsHttpServiceV1()],
];

/** Creates the components of this package, in the groups `pip-services-sessions` and `service-sessions`. */
export class SessionsServiceFactory implements ComponentFactory {
  readonly #entries = GROUPS.flatMap((group) =>
    COMPONENTS.map(([type, kind, create]) => ({ descriptor: new Descriptor(group, type, kind, '*', '1.0'), create })),
  );

  canCreate(locator: unknown): Descriptor | null {
    return this.#find(locator)?.descriptor ?? null;
  }

  /** Throws an InternalException `CANNOT_CREATE` for a locator that `canCreate` answers with null. */
  create(locator: unknown): object {
    const entry = this.#find(locator);
    if (entry) return entry.create();
    throw new InternalException(undefined, 'CANNOT_CREATE', `The sessions factory knows no component ${locator}.`);
  }

  #find(locator: unknown) {
    return this.#entries.find(({ descriptor }) => locator !== null && descriptor.equals(locator));
  }
}
