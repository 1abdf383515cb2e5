import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Tls } from '../http/node-server.ts';
import type { Config } from './config.ts';
import { variableOf } from './sources.ts';
import { invalidConfig } from './values.ts';

/** Returns the PEM texts of the configured files; undefined if none are configured. Throws `INVALID_CONFIG`. */
export function readTls({
  tls_key,
  tls_cert,
  tls_ca,
}: Pick<Config, 'tls_key' | 'tls_cert' | 'tls_ca'>): Tls | undefined {
  if (tls_key === null || tls_cert === null) return undefined;
  const tls = {
    key: readPem('tls_key', tls_key),
    cert: readPem('tls_cert', tls_cert),
    ...(tls_ca !== null && { ca: readPem('tls_ca', tls_ca) }),
  };
  try {
    createSecureContext(tls);
  } catch (error) {
    const files = [tls_key, tls_cert, tls_ca].filter(Boolean).join(', ');
    throw invalidConfig(`${files} cannot be used for TLS: ${(error as Error).message}.`, variableOf('tls_key'));
  }
  return tls;
}

function readPem(key: 'tls_key' | 'tls_cert' | 'tls_ca', path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalidConfig(`${variableOf(key)} cannot be read: ${(error as Error).message}.`, variableOf(key));
  }
}
