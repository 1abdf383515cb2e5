import type { Sample } from '../scenarios/scenario.ts';

const SESSIONS_PER_USER = 10;
/** Large enough that caches do not profit from a few sessions, small enough to send to another process. */
const SAMPLE_MAX = 10_000;

/** The properties of an open request. The original is preloaded with the same (`original/server.cjs`). */
export function newSession(user_id: string) {
  return {
    user_id,
    user_name: 'User',
    address: '127.0.0.1',
    client: 'bench',
    user: { roles: ['a'] },
    data: { cart: [1, 2, 3] },
  };
}

/** The user of a session, by its place in the order of opening. The sessions of a user lie far apart. */
export function userOf(index: number, size: number): string {
  return `user-${index % Math.ceil(size / SESSIONS_PER_USER)}`;
}

/** Takes a sample of ids and users, evenly over all sessions in the order of opening. */
export class SampleTaker {
  readonly #ids: string[] = [];
  readonly #tokens: string[] = [];
  readonly #users = new Set<string>();
  readonly #idStep: number;
  readonly #userStep: number;

  constructor(size: number) {
    this.#idStep = Math.ceil(size / SAMPLE_MAX);
    this.#userStep = Math.ceil(size / SESSIONS_PER_USER / SAMPLE_MAX);
  }

  see(index: number, id: string, user_id: string, token?: string): void {
    if (index % this.#idStep === 0) {
      this.#ids.push(id);
      if (token !== undefined) this.#tokens.push(token);
    }
    if (this.#users.size < SAMPLE_MAX && index % this.#userStep === 0) this.#users.add(user_id);
  }

  sample(): Sample {
    return { ids: this.#ids, tokens: this.#tokens, users: [...this.#users] };
  }
}
