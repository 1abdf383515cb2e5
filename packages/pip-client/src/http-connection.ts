import { type CallOptions, type CorrelationIdPlace, RETRIES_MAX, TIMEOUT_MS_MAX } from '@pip-sessions/client';
import { ConfigException, type ConfigParams } from 'pip-services3-commons-nodex';

/**
 * Converts the config keys of `SessionsHttpClientV1` to options (WIRE_V1.md, Component model). Throws a
 * `ConfigException` for a key that is missing or wrong. Its message and its detail `key` name the key.
 */
export function toCallOptions(config: ConfigParams, correlationId: string | null): CallOptions {
  const read = new ConfigReader(config, correlationId);
  // `fetch` has no connect timeout of its own: `options.timeout` includes connecting.
  read.wholeNumber('options.connect_timeout', 10_000, 1, TIMEOUT_MS_MAX);
  return {
    url: read.url(),
    base_route: read.text('base_route') ?? 'v1/sessions',
    timeout_ms: read.wholeNumber('options.timeout', 10_000, 1, TIMEOUT_MS_MAX),
    retries: read.wholeNumber('options.retries', 3, 0, RETRIES_MAX),
    correlation_id: read.correlationIdPlace(),
  };
}

class ConfigReader {
  readonly #config: ConfigParams;
  readonly #correlationId: string | null;

  constructor(config: ConfigParams, correlationId: string | null) {
    this.#config = config;
    this.#correlationId = correlationId;
  }

  /** The value of a key; null if it is not set. */
  text(key: string): string | null {
    return this.#config.getAsNullableString(key)?.trim() || null;
  }

  url(): string {
    const uri = this.text('connection.uri');
    if (uri !== null) return this.#uri(uri);
    const host = this.text('connection.host');
    if (host === null && this.text('connection.discovery_key') !== null) {
      this.#refuse(
        'NO_DISCOVERY',
        'connection.discovery_key',
        'is not supported: set connection.host and port, or uri',
      );
    }
    if (host === null) return this.#refuse('NO_HOST', 'connection.host', 'is not set');
    if (/[\s/?#@]/.test(host)) this.#refuse('WRONG_HOST', 'connection.host', 'is not the name or address of a host');
    if (this.text('connection.port') === null) this.#refuse('NO_PORT', 'connection.port', 'is not set');
    const port = this.wholeNumber('connection.port', 0, 1, 65_535);
    return `${this.#protocol()}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  }

  wholeNumber(key: string, absent: number, min: number, max: number): number {
    const text = this.text(key);
    const value = text === null ? absent : Number(text);
    if (text === null || (Number.isInteger(value) && value >= min && value <= max)) return value;
    return this.#refuse('WRONG_NUMBER', key, `is '${text}': use a whole number from ${min} to ${max}`);
  }

  correlationIdPlace(): CorrelationIdPlace {
    // The older toolkit has two names for this key.
    const older = this.text('options.correlation_id_place');
    const place = this.text('options.correlation_id') ?? older ?? 'query';
    if (place === 'query' || place === 'headers' || place === 'both') return place;
    return this.#refuse('WRONG_PLACE', 'options.correlation_id', `is '${place}': use query, headers or both`);
  }

  #protocol(): string {
    const protocol = this.text('connection.protocol') ?? 'http';
    if (protocol === 'http' || protocol === 'https') return protocol;
    return this.#refuse('WRONG_PROTOCOL', 'connection.protocol', `is '${protocol}': use http or https`);
  }

  #uri(uri: string): string {
    const url = URL.canParse(uri) ? new URL(uri) : null;
    const http = url?.protocol === 'http:' || url?.protocol === 'https:';
    // The value may contain a password, so the message does not repeat it.
    if (!url || !http || url.username || url.password || url.search || url.hash) {
      this.#refuse('WRONG_URI', 'connection.uri', 'is not like http://host:port, without credentials, ? and #');
    }
    return uri;
  }

  #refuse(code: string, key: string, problem: string): never {
    throw new ConfigException(this.#correlationId ?? undefined, code, `${key} ${problem}.`).withDetails('key', key);
  }
}
