import { readFile } from 'node:fs/promises';
import { loadConfig } from '@pip-sessions/service/internal/config/config';
import { isLoopback } from '@pip-sessions/service/internal/http/loopback';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { badSetting } from './exceptions.ts';
import { DEFAULTS, listSetting, textSetting, wholeSetting } from './settings.ts';

/** The address to listen on. */
export interface HttpConnection {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** 0 for a free port. */
  readonly port: number;
}

/** PEM texts. */
export interface TlsTexts {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

/** Not the toolkit's default, 0.0.0.0, because this service requires no key. */
const HOST = '127.0.0.1';

/** Reads `connection.*`; `connection.uri` overrides the other three. Throws a ConfigException. */
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

/** Whether clients must have a certificate. */
export function hasAuthority(config: ConfigParams, { protocol }: HttpConnection): boolean {
  return protocol === 'https' && textSetting(config, 'credential.ssl_ca_file') !== null;
}

/**
 * Throws a ConfigException for a service that anyone could call by mistake. API v1 requires no key here, so beyond
 * loopback the service needs `open_to_network`, or clients with a certificate.
 */
export function assertSafeToServe(config: ConfigParams, connection: HttpConnection): void {
  const { host } = connection;
  const isOpen = config.getAsBooleanWithDefault('open_to_network', false);
  if (isOpen || isLoopback(host) || hasAuthority(config, connection)) return;
  throw badSetting(
    'connection.host',
    `connection.host is ${host}, which other machines may reach, but no API key is required here. Everyone who can ` +
      'reach it could read, change and end every session. Listen on 127.0.0.1 (HTTP_HOST). Or set open_to_network: ' +
      "true in the configuration of the service, or HTTP_OPEN_TO_NETWORK=true in the process's environment, if " +
      'everyone in the network may do so.',
  );
}

/** Reads the files of `credential.*`. Rejects with a ConfigException that names the key of a missing file. */
export async function readTls(config: ConfigParams): Promise<TlsTexts> {
  const key = await pem(config, 'credential.ssl_key_file');
  const cert = await pem(config, 'credential.ssl_crt_file');
  if (textSetting(config, 'credential.ssl_ca_file') === null) return { key, cert };
  return { key, cert, ca: await pem(config, 'credential.ssl_ca_file') };
}

/** Reads `cors_origins` with the check of the service's setting. Throws a ConfigException. */
export function readOrigins(config: ConfigParams): readonly string[] {
  const list = listSetting(config, 'cors_origins').join(',');
  try {
    return loadConfig({ SESSIONS_CORS_ORIGINS: list }).cors_origins;
  } catch {
    const message = `cors_origins must list origins like https://app.example.com, but is ${JSON.stringify(list)}.`;
    throw badSetting('cors_origins', message);
  }
}

/** Reads `allowed_hosts` with the check of the service's setting. Throws a ConfigException. */
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
  throw badSetting(key, `${key} must be http or https, but is ${JSON.stringify(text)}.`);
}

async function pem(config: ConfigParams, key: string): Promise<string> {
  const path = textSetting(config, key);
  if (path === null)
    throw badSetting(key, `${key} is missing: it must be the path of a PEM file if the protocol is https.`);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw badSetting(key, `${key} cannot be read: ${(error as Error).message}`);
  }
}
