import type { ConnectionOptions } from 'node:tls';
import type { SessionsError } from '../../../domain/errors.ts';
import { textOfFile } from '../../shared/url-file.ts';

/**
 * Implements `sslmode` as PostgreSQL's own clients do (https://www.postgresql.org/docs/current/libpq-ssl.html). Without
 * it there is no TLS. The modes that can fall back to no TLS are not supported: an attacker on the network could force
 * that.
 */
export function tlsOptions(
  parameters: ReadonlyMap<string, string>,
  invalid: (problem: string) => SessionsError,
): ConnectionOptions | false {
  const read = (name: string) => {
    const path = parameters.get(name);
    return path === undefined ? undefined : textOfFile(name, path, invalid);
  };
  const [ca, cert, key] = [read('sslrootcert'), read('sslcert'), read('sslkey')];
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const anyName = { checkServerIdentity: () => undefined };
  switch (parameters.get('sslmode') ?? 'disable') {
    case 'disable':
      return false;
    case 'require':
      // If a certificate authority is named, the certificate is verified with it, as in libpq.
      return ca === undefined ? { ...files, rejectUnauthorized: false } : { ...files, ...anyName };
    case 'verify-ca':
      return { ...files, ...anyName };
    case 'verify-full':
      return files;
    default:
      throw invalid('has an invalid "sslmode"; allowed: disable, require, verify-ca, verify-full');
  }
}
