import { expiryText } from '../http/authentication/key-expiry.ts';
import { withoutPassword } from '../stores/shared/store-url.ts';
import type { Config } from './config.ts';

/** Returns the settings without secrets: the keys by their names and scopes, URLs without passwords. */
export function withoutSecrets({
  api_keys,
  store,
  metrics_token,
  ...others
}: Config): Readonly<Record<string, unknown>> {
  return {
    ...others,
    store: withoutPassword(store),
    api_keys: api_keys.map(({ name, scope, expires }) =>
      [name, scope, ...(expires === null ? [] : [expiryText(expires)])].join(':'),
    ),
    metrics_token: metrics_token === null ? null : 'hidden',
  };
}
