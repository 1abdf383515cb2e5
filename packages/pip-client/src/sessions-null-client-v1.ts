import type { DataPageV1, PagingV1, SessionFilterV1, SessionsClientV1, SessionV1 } from '@pip-sessions/contract/v1';
import {
  type FilterParams,
  type IConfigurable,
  IdGenerator,
  type IOpenable,
  type IReferenceable,
} from 'pip-services3-commons-nodex';
import { systemTime } from './clock.ts';

/**
 * Responds as a service without sessions: it opens sessions and forgets them at once. Descriptor:
 * `pip-services-sessions:client:null:*:1.0`, also in the group `service-sessions`.
 *
 * @example
 * import { SessionsNullClientV1 } from '@pip-sessions/pip-client';
 *
 * const client = new SessionsNullClientV1();
 * const session = await client.openSession(null, '1');
 * console.log(await client.getSessionById()); // null
 */
export class SessionsNullClientV1 implements SessionsClientV1, IConfigurable, IReferenceable, IOpenable {
  #opened = false;

  configure(): void {}

  setReferences(): void {}

  isOpen(): boolean {
    return this.#opened;
  }

  async open(_correlationId: string | null): Promise<void> {
    this.#opened = true;
  }

  async close(_correlationId: string | null): Promise<void> {
    this.#opened = false;
  }

  async getSessions(
    _correlationId: string | null,
    _filter: FilterParams | SessionFilterV1 | null = null,
    paging: PagingV1 | null = null,
  ): Promise<DataPageV1> {
    return { total: paging?.total ? 0 : null, data: [] };
  }

  async getSessionById(): Promise<SessionV1 | null> {
    return null;
  }

  async openSession(
    _correlationId: string | null,
    user_id: string,
    user_name: string | null = null,
    address: string | null = null,
    client: string | null = null,
    user: unknown = null,
    data: unknown = null,
  ): Promise<SessionV1> {
    const now = systemTime();
    return {
      id: IdGenerator.nextLong(),
      user_id,
      user_name,
      active: true,
      open_time: new Date(now),
      request_time: new Date(now),
      address,
      client,
      user,
      data,
    };
  }

  async storeSessionData(): Promise<SessionV1 | null> {
    return null;
  }

  async updateSessionUser(): Promise<SessionV1 | null> {
    return null;
  }

  async closeSession(): Promise<SessionV1 | null> {
    return null;
  }

  async closeExpiredSessions(): Promise<void> {}

  async deleteSessionById(): Promise<SessionV1 | null> {
    return null;
  }
}
