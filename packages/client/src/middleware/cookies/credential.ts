import { TOKEN } from '@pip-sessions/contract/token';
import type { RequestView } from '../request-view.ts';
import { cookieValue } from './cookies.ts';

export type CredentialSource = 'bearer' | 'cookie';

/** The token of a request, and its source. */
export interface Credential {
  readonly token: string;
  readonly from: CredentialSource;
}

const BEARER = /^Bearer +(\S+)$/i;

/** Returns the first token, in the order of `sources`; null if there is none. */
export function credentialOf(
  request: RequestView,
  sources: readonly CredentialSource[],
  cookie_name: string,
): Credential | null {
  for (const from of sources) {
    const token =
      from === 'cookie'
        ? cookieValue(request.header('cookie'), cookie_name)
        : (BEARER.exec(request.header('authorization') ?? '')?.[1] ?? null);
    if (token !== null && TOKEN.test(token)) return { token, from };
  }
  return null;
}
