import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Tls } from '../http/node-server.ts';
import type { Config } from './config.ts';
import { variableOf } from './sources.ts';
import { invalidConfig } from './values.ts';

type PemSetting = 'tls_key' | 'tls_cert' | 'tls_ca';
export type TlsSettings = Pick<Config, PemSetting>;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Returns the PEM texts of the configured files; undefined if none are configured. Throws `INVALID_CONFIG`. */
export function readTls({ tls_key, tls_cert, tls_ca }: TlsSettings): Tls | undefined {
  if (tls_key === null || tls_cert === null) return undefined;
  const tls = {
    key: readPem('tls_key', tls_key),
    cert: readPem('tls_cert', tls_cert),
    ...(tls_ca !== null && { ca: readPem('tls_ca', tls_ca) }),
  };
  if (tls_ca !== null) assertCertificates('tls_ca', tls_ca, tls.ca ?? '');
  try {
    createSecureContext(tls);
  } catch (error) {
    const files = [tls_key, tls_cert, tls_ca].filter(Boolean).join(', ');
    throw invalidConfig(`${files} cannot be used for TLS: ${(error as Error).message}.`, variableOf('tls_key'));
  }
  return tls;
}

function readPem(key: PemSetting, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalidConfig(`${variableOf(key)} cannot be read: ${(error as Error).message}.`, variableOf(key));
  }
}

/** Node ignores authorities that it cannot parse. No client would be accepted then, and nothing would say why. */
function assertCertificates(key: PemSetting, path: string, pem: string): void {
  const setting = variableOf(key);
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw invalidConfig(`${setting} has no certificate in ${path}.`, setting);
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      const problem = `has a damaged certificate, number ${index + 1} of ${path}: ${(error as Error).message}`;
      throw invalidConfig(`${setting} ${problem}.`, setting);
    }
  }
}
