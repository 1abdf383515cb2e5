import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { Validation } from '@pip-sessions/contract/v2';
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
  let isSupported = true;
  return async (tokens, options) => {
    if (isSupported) {
      try {
        return await client.validateMany(tokens, options);
      } catch (error) {
        if (!(error instanceof SessionsProblemError && UNSUPPORTED.has(error.code))) throw error;
        isSupported = false;
      }
    }
    const results: Validation[] = [];
    for (let first = 0; first < tokens.length; first += AT_ONCE) {
      const some = tokens.slice(first, first + AT_ONCE).map((token) => client.validate(token, options));
      results.push(...(await Promise.all(some)));
    }
    return { results };
  };
}
