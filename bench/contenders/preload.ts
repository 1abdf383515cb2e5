import type { Sample } from '../scenarios/scenario.ts';

const SESSIONS_PER_USER = 10;
/** Enough that no cache is kept warm by a handful, few enough to hand from process to process. */
const SAMPLE_MAX = 10_000;

/** What a session is opened with; the original is preloaded with the same (`original/server.cjs`). */
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

/** The users of `size` sessions, one a session in the order of their opening: each user's lie far apart. */
export function userOf(index: number, size: number): string {
  return `user-${index % Math.ceil(size / SESSIONS_PER_USER)}`;
}

/** Keeps ids and users evenly spread over all sessions, as they are opened in order. */
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
