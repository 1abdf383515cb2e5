import { readFile } from 'node:fs/promises';
import { loadConfig } from '@pip-sessions/service/internal/config/config';
import { isLoopback } from '@pip-sessions/service/internal/http/loopback';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { badSetting } from './exceptions.ts';
import { DEFAULTS, listSetting, textSetting, wholeSetting } from './settings.ts';

/** Where to listen. */
export interface HttpConnection {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** PEM texts. */
export interface TlsTexts {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

/** Not that of the toolkit, 0.0.0.0: no key is needed here. */
const HOST = '127.0.0.1';

/** Reads `connection.*`; `connection.uri` goes before the other three. Throws a ConfigException. */
export function readConnection(config: ConfigParams): HttpConnection {
  const uri = textSetting(config, 'connection.uri');
  if (uri !== null) {
    if (!URL.canParse(uri)) throw badSetting('connection.uri', `connection.uri must be a URL, but is ${uri}.`);
    const { protocol, hostname, port } = new URL(uri);
    const scheme = toProtocol('connection.uri', protocol.slice(0, -1));
    const host = hostname.replace(/^\[|\]$/g, '');
    return { protocol: scheme, host, port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port) };
  }
  return {
    protocol: toProtocol('connection.protocol', textSetting(config, 'connection.protocol') ?? 'http'),
    host: textSetting(config, 'connection.host') ?? HOST,
    port: wholeSetting(config, 'connection.port', DEFAULTS.port, 0, 65_535),
  };
}

/** Whether clients need a certificate. */
export function hasAuthority(config: ConfigParams, { protocol }: HttpConnection): boolean {
  return protocol === 'https' && textSetting(config, 'credential.ssl_ca_file') !== null;
}

/**
 * Throws a ConfigException for a service that everybody could call by mistake: API v1 needs no key here, so that beyond
 * loopback it needs `open_to_network`, or clients with a certificate.
 */
export function assertSafeToServe(config: ConfigParams, connection: HttpConnection): void {
  const { host } = connection;
  const isOpen = config.getAsBooleanWithDefault('open_to_network', false);
  if (isOpen || isLoopback(host) || hasAuthority(config, connection)) return;
  throw badSetting(
    'connection.host',
    `connection.host is ${host}, which other machines may reach, and no API key is needed here. Whoever reaches it could ` +
      'read, change and end every session. Listen on 127.0.0.1 (HTTP_HOST); or set open_to_network: true in the ' +
      "configuration of the service, or HTTP_OPEN_TO_NETWORK=true in the process's environment, if the network lets nobody " +
      'in who must not do so.',
  );
}

/** Reads the files of `credential.*`. Rejects with a ConfigException that names the key of the one it lacks. */
export async function readTls(config: ConfigParams): Promise<TlsTexts> {
  const key = await pem(config, 'credential.ssl_key_file');
  const cert = await pem(config, 'credential.ssl_crt_file');
  if (textSetting(config, 'credential.ssl_ca_file') === null) return { key, cert };
  return { key, cert, ca: await pem(config, 'credential.ssl_ca_file') };
}

/** Reads `cors_origins`, by the rule of the service's own setting. Throws a ConfigException. */
export function readOrigins(config: ConfigParams): readonly string[] {
  const list = listSetting(config, 'cors_origins').join(',');
  try {
    return loadConfig({ SESSIONS_CORS_ORIGINS: list }).cors_origins;
  } catch {
    const message = `cors_origins must list origins like https://app.example.com, but is ${JSON.stringify(list)}.`;
    throw badSetting('cors_origins', message);
  }
}

/** Reads `allowed_hosts`, by the rule of the service's own setting. Throws a ConfigException. */
export function readAllowedHosts(config: ConfigParams): readonly string[] {
  const list = listSetting(config, 'allowed_hosts').join(',');
  try {
    return loadConfig({ SESSIONS_ALLOWED_HOSTS: list }).allowed_hosts;
  } catch {
    const message = `allowed_hosts must list host names like sessions.internal, but is ${JSON.stringify(list)}.`;
    throw badSetting('allowed_hosts', message);
  }
}

function toProtocol(key: string, text: string): HttpConnection['protocol'] {
  if (text === 'http' || text === 'https') return text;
  throw badSetting(key, `${key} must say http or https, and says ${JSON.stringify(text)}.`);
}

async function pem(config: ConfigParams, key: string): Promise<string> {
  const path = textSetting(config, key);
  if (path === null) throw badSetting(key, `${key} must name a PEM file when the protocol is https.`);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw badSetting(key, `${key} cannot be read: ${(error as Error).message}`);
  }
}
