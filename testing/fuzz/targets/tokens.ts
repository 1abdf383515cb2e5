import { parseToken, tokenOf } from '@pip-sessions/contract/token';
import fc from 'fast-check';
import { SessionsError } from '../../../packages/service/src/domain/errors.ts';
import { Sessions } from '../../../packages/service/src/domain/sessions.ts';
import { systemClock } from '../../../packages/service/src/domain/time/clock.ts';
import { MemoryStore } from '../../../packages/service/src/stores/memory/store.ts';
import { oddString } from '../inputs/odd-values.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

/** A text that resembles a valid token: its parts are cut, changed or exchanged. */
interface NearToken {
  readonly kind: 'change' | 'remove' | 'insert' | 'case' | 'other id' | 'whole';
  /** A place in the token, from 0 to 1. */
  readonly at: number;
  readonly text: string;
}

const nearTokens: fc.Arbitrary<NearToken> = fc.record(
  {
    kind: fc.constantFrom('change', 'change', 'remove', 'insert', 'case', 'other id', 'whole'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    text: fc.oneof(
      oddString,
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.string({ unit: 'binary', minLength: 83, maxLength: 83 }),
    ),
  },
  { noNullPrototype: true },
);

/** `parseToken` and its callers. Only the token itself may be valid, and no other text may end the session. */
export const TOKENS: Target = { name: 'tokens', share: 100, missing: null, open };

async function open(): Promise<OpenTarget> {
  const sessions = new Sessions(new MemoryStore({ sessions_max: 10 }), systemClock());
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  const other = await sessions.openWithToken({ user_id: 'u' }, null);

  async function assertToken(near: NearToken): Promise<void> {
    const text = textOf(near, token, other.token);
    const parsed = parseToken(text);
    if (parsed && tokenOf(parsed.id, parsed.secret) !== text) throw new Error('a parsed token differs from its text');
    const { active } = await sessions.validate(text);
    if (active !== (text === token || text === other.token)) throw new Error(`the token is active: ${active}`);
    if (active) return;
    const rejection = await sessions.rotate(text).then(
      () => null,
      (error: unknown) => error,
    );
    if (!(rejection instanceof SessionsError) || rejection.code !== 'TOKEN_UNKNOWN')
      throw rejection ?? new Error('a token was rotated');
    const found = await sessions.get(session.id);
    if (found?.close_time !== null) throw new Error(`the session was ended as ${found?.close_reason}`);
  }

  return {
    check: checkOf(nearTokens, assertToken),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {},
  };
}

function textOf({ kind, at, text }: NearToken, token: string, other: string): string {
  const place = Math.floor(at * token.length);
  const [before, after] = [token.slice(0, place), token.slice(place)];
  switch (kind) {
    case 'change':
      return before + text + after.slice(text.length);
    case 'remove':
      return before + after.slice(1);
    case 'insert':
      return before + text + after;
    case 'case':
      return before + after.slice(0, 1).toUpperCase() + after.slice(1);
    case 'other id':
      return other.slice(0, 39) + token.slice(39);
    case 'whole':
      return text;
  }
}
