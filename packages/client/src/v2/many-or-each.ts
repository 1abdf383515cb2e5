import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { Session, SessionCheck } from '@pip-sessions/contract/v2';
import { SessionsProblemError } from './errors.ts';

/** An older service rejects the path as unknown, or as that of a session, which does not support POST. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['NOT_FOUND', 'METHOD_NOT_ALLOWED']);
/** The number of requests to an older service at a time. */
const AT_ONCE = 32;

/**
 * Returns `validateMany` for services of any version. Once the service has turned out to be older than this route, each
 * token is validated by its own request.
 */
export function validateManyOrEach(client: SessionsClient): SessionsClient['validateMany'] {
  return manyOrEach(
    (tokens, options) => client.validateMany(tokens, options),
    (token, options) => client.validate(token, options),
  );
}

/** Returns `check` for services of any version; see `validateManyOrEach`. With an older one, it needs the scope `write`. */
export function checkManyOrEach(client: SessionsClient): SessionsClient['check'] {
  return manyOrEach(
    (ids, options) => client.check(ids, options),
    async (id, options) => toCheck(id, await client.get(id, options)),
  );
}

function toCheck(id: string, session: Session | null): SessionCheck {
  if (!session?.active) return { id, active: false, reason: session?.close_reason ?? 'unknown' };
  return { id, active: true, revision: session.revision, expires_in: session.expires_in };
}

function manyOrEach<Options, Result>(
  many: (keys: readonly string[], options?: Options) => Promise<{ readonly results: readonly Result[] }>,
  each: (key: string, options?: Options) => Promise<Result>,
): typeof many {
  let isSupported = true;
  return async (keys, options) => {
    if (isSupported) {
      try {
        return await many(keys, options);
      } catch (error) {
        if (!(error instanceof SessionsProblemError && UNSUPPORTED.has(error.code))) throw error;
        isSupported = false;
      }
    }
    const results: Result[] = [];
    for (let first = 0; first < keys.length; first += AT_ONCE) {
      results.push(...(await Promise.all(keys.slice(first, first + AT_ONCE).map((key) => each(key, options)))));
    }
    return { results };
  };
}
