import { readFile } from 'node:fs/promises';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { loadConfig } from '../config.ts';
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

/** As in the toolkit: a microservice is reached from other machines unless it is told otherwise. */
const HOST = '0.0.0.0';

/** Reads `connection.*`; `connection.uri` goes before the other three. Throws a ConfigException. */
export function readConnection(config: ConfigParams): HttpConnection {
  const uri = textSetting(config, 'connection.uri');
  if (uri !== null) {
    if (!URL.canParse(uri)) throw badSetting('connection.uri', `connection.uri must be a URL, and is ${uri}.`);
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
    const message = `cors_origins must list origins like https://app.example.com, and is ${JSON.stringify(list)}.`;
    throw badSetting('cors_origins', message);
  }
}

/** Reads `allowed_hosts`, by the rule of the service's own setting. Throws a ConfigException. */
export function readAllowedHosts(config: ConfigParams): readonly string[] {
  const list = listSetting(config, 'allowed_hosts').join(',');
  try {
    return loadConfig({ SESSIONS_ALLOWED_HOSTS: list }).allowed_hosts;
  } catch {
    const message = `allowed_hosts must list host names like sessions.internal, and is ${JSON.stringify(list)}.`;
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
