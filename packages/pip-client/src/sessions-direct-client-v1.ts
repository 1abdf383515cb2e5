import type { DataPageV1, PagingV1, SessionFilterV1, SessionsClientV1, SessionV1 } from '@pip-sessions/contract/v1';
import {
  type ConfigParams,
  ConnectionException,
  Descriptor,
  FilterParams,
  type IConfigurable,
  InvalidStateException,
  type IOpenable,
  type IReferenceable,
  type IReferences,
  type IUnreferenceable,
  PagingParams,
} from 'pip-services3-commons-nodex';
import { GROUPS } from './descriptors.ts';

/** The controller that is called: that of this service, or that of the original. */
type Controller = SessionsClientV1;

/**
 * Calls the sessions controller in the same process. Descriptor: `pip-services-sessions:client:direct:*:1.0`, also in
 * the group `service-sessions`.
 *
 * The config key `dependencies.controller` selects the controller. Default: any of version 1.0 in either group. Results
 * and exceptions of the controller pass unchanged.
 *
 * The client can be called from `setReferences` until `close`. Other calls reject with an `InvalidStateException` (code
 * `NOT_OPENED`).
 *
 * @example
 * import { SessionsDirectClientV1 } from '@pip-sessions/pip-client';
 * import { Descriptor, References } from 'pip-services3-commons-nodex';
 *
 * const descriptor = new Descriptor('pip-services-sessions', 'controller', 'default', 'default', '1.0');
 * const client = new SessionsDirectClientV1();
 * client.setReferences(References.fromTuples(descriptor, controller));
 * const session = await client.openSession(null, '1', 'User 1');
 */
export class SessionsDirectClientV1
  implements SessionsClientV1, IConfigurable, IReferenceable, IUnreferenceable, IOpenable
{
  #locators = GROUPS.map((group) => new Descriptor(group, 'controller', '*', '*', '1.0'));
  #controller: Controller | null = null;
  #closed = false;

  /** Reads `dependencies.controller`, the descriptor of the controller. */
  configure(config: ConfigParams): void {
    const locator = config.getAsNullableString('dependencies.controller');
    if (locator) this.#locators = [Descriptor.fromString(locator)];
  }

  /** Finds the controller. Throws a `ReferenceException` (code `REF_ERROR`) if there is none. */
  setReferences(references: IReferences): void {
    const found = this.#locators.map((locator) => references.getOneOptional<Controller | null>(locator));
    this.#controller = found.find((controller) => controller !== null) ?? references.getOneRequired(this.#locators[0]);
  }

  unsetReferences(): void {
    this.#controller = null;
  }

  isOpen(): boolean {
    return this.#controller !== null && !this.#closed;
  }

  /** Rejects with a `ConnectionException` (code `NO_CONTROLLER`) before `setReferences`. */
  async open(correlationId: string | null): Promise<void> {
    if (this.#controller === null) {
      const message = 'There is no sessions controller: call setReferences() with one first.';
      throw new ConnectionException(correlationId ?? undefined, 'NO_CONTROLLER', message);
    }
    this.#closed = false;
  }

  async close(_correlationId: string | null): Promise<void> {
    this.#closed = true;
  }

  /** Converts `filter` and `paging` to the toolkit's classes, which controllers expect. */
  async getSessions(
    correlationId: string | null,
    filter: FilterParams | SessionFilterV1 | null = null,
    paging: PagingV1 | null = null,
  ): Promise<DataPageV1> {
    const members = FilterParams.fromValue(filter) as SessionFilterV1;
    return this.#open(correlationId).getSessions(correlationId, members, PagingParams.fromValue(paging));
  }

  async getSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return (await this.#open(correlationId).getSessionById(correlationId, sessionId)) ?? null;
  }

  async openSession(
    correlationId: string | null,
    user_id: string,
    user_name: string | null = null,
    address: string | null = null,
    client: string | null = null,
    user: unknown = null,
    data: unknown = null,
  ): Promise<SessionV1> {
    return this.#open(correlationId).openSession(correlationId, user_id, user_name, address, client, user, data);
  }

  async storeSessionData(correlationId: string | null, sessionId: string, data: unknown): Promise<SessionV1 | null> {
    return (await this.#open(correlationId).storeSessionData(correlationId, sessionId, data)) ?? null;
  }

  async updateSessionUser(correlationId: string | null, sessionId: string, user: unknown): Promise<SessionV1 | null> {
    return (await this.#open(correlationId).updateSessionUser(correlationId, sessionId, user)) ?? null;
  }

  async closeSession(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return (await this.#open(correlationId).closeSession(correlationId, sessionId)) ?? null;
  }

  async closeExpiredSessions(correlationId: string | null): Promise<void> {
    await this.#open(correlationId).closeExpiredSessions(correlationId);
  }

  async deleteSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return (await this.#open(correlationId).deleteSessionById(correlationId, sessionId)) ?? null;
  }

  #open(correlationId: string | null): Controller {
    if (this.#controller !== null && !this.#closed) return this.#controller;
    const message = 'The sessions client is not open: call setReferences() and open() first.';
    throw new InvalidStateException(correlationId ?? undefined, 'NOT_OPENED', message);
  }
}
