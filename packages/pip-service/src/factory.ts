import { Descriptor, InternalException } from 'pip-services3-commons-nodex';
import { SessionsController } from './controller.ts';
import { GROUPS } from './dependencies.ts';
import { SessionsHttpServiceV1 } from './http-service.ts';
import { SessionsFilePersistence } from './persistence/file-persistence.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';

/** Creates components by their descriptors, like a factory of the toolkit's containers. */
export interface ComponentFactory {
  /** Returns the descriptor of the component that the factory would create; null if it cannot create one. */
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

/**
 * Creates the components of this package, in the groups `pip-services-sessions` and `service-sessions`.
 *
 * @example
 * import { SessionsServiceFactory } from '@pip-sessions/pip-service';
 * import { Descriptor } from 'pip-services3-commons-nodex';
 *
 * const factory = new SessionsServiceFactory();
 * const controller = factory.create(new Descriptor('pip-services-sessions', 'controller', 'default', 'default', '1.0'));
 */
export class SessionsServiceFactory implements ComponentFactory {
  readonly #entries = GROUPS.flatMap((group) =>
    COMPONENTS.map(([type, kind, create]) => ({ descriptor: new Descriptor(group, type, kind, '*', '1.0'), create })),
  );

  canCreate(locator: unknown): Descriptor | null {
    return this.#find(locator)?.descriptor ?? null;
  }

  /** Throws an InternalException `CANNOT_CREATE` if `canCreate` returns null for the locator. */
  create(locator: unknown): object {
    const entry = this.#find(locator);
    if (entry) return entry.create();
    throw new InternalException(
      undefined,
      'CANNOT_CREATE',
      `The sessions factory cannot create a component ${locator}.`,
    );
  }

  #find(locator: unknown) {
    return this.#entries.find(({ descriptor }) => locator !== null && descriptor.equals(locator));
  }
}
