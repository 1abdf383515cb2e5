import type { TestServer } from '../../testing/http/test-server.ts';
import { StableValues } from './stable-values.ts';

/** Where a service is by default (`npm start`). */
const BASE = 'http://127.0.0.1:8080';
/** The headers of responses that the page shows. */
const SHOWN_HEADERS = ['content-type', 'etag', 'allow', 'retry-after'];
const STEP_MS = 1_000;

/** A request to the service. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

/** A request as a command, and the response that a service gave to it, in Markdown. */
export interface Exchange {
  readonly markdown: string;
  /** The parsed JSON; empty for a response of several lines. */
  readonly body: unknown;
}

/** Sends requests to a service, and shows each with its response. */
export class Exchanges {
  readonly #server: TestServer;
  readonly #values = new StableValues();

  constructor(server: TestServer) {
    this.#server = server;
  }

  async send({ method, path, headers = {}, body = null }: Call): Promise<Exchange> {
    this.#server.clock.advance(STEP_MS);
    const response = await fetch(this.#server.url + path, { method, headers, body });
    const text = await response.text();
    const command = commandOf({ method, path, headers, body }, response.status);
    const shown = `${command}\n\n${httpBlock(response, text)}`;
    return {
      markdown: this.#values.replaceIn(shown),
      body: isLines(response) ? {} : JSON.parse(text),
    };
  }

  /** Follows the change stream until the first heartbeat after a change that `act` makes. */
  async follow(path: string, act: () => Promise<unknown>): Promise<string> {
    const aborter = new AbortController();
    const response = await fetch(this.#server.url + path, { signal: aborter.signal });
    let text = '';
    for await (const bytes of response.body ?? []) {
      const isFirst = text === '';
      text += Buffer.from(bytes).toString();
      if (isFirst) await act();
      if (/event: change.*event: heartbeat\ndata: .*\n\n/s.test(text)) break;
    }
    aborter.abort();
    const [before = '', after = ''] = text.split(/(?=^id: .*\nevent: change)/m);
    const events =
      withoutHeartbeats(before) + after.slice(0, after.indexOf('\n\n', after.indexOf('event: heartbeat')) + 1);
    return this.#values.replaceIn(`\`\`\`sh\ncurl -N ${BASE}${path}\n\`\`\`\n\n\`\`\`txt\n${events}\`\`\``);
  }
}

function withoutHeartbeats(events: string): string {
  return events.replace(/(?:id: .*\n)?event: heartbeat\ndata: .*\n\n/g, '');
}

/** Returns the block of the command. The status of an error is a comment. */
function commandOf({ method, path, headers = {}, body }: Call, status: number): string {
  const hasBody = body !== null && body !== undefined;
  const isImplied = method === (hasBody ? 'POST' : 'GET');
  const url = path.includes('?') ? `'${BASE}${path}'` : BASE + path;
  const options = [
    `curl -i ${isImplied ? '' : `-X ${method} `}${url}`,
    ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(hasBody ? [`-d '${body}'`] : []),
  ];
  const comment = status < 400 ? '' : ` # ${status}`;
  return `\`\`\`sh\n${options.join(' \\\n  ')}${comment}\n\`\`\``;
}

function httpBlock(response: Response, text: string): string {
  const headers = SHOWN_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`, ...headers];
  const body = isLines(response) ? text.trimEnd() : jsonText(JSON.parse(text));
  return `\`\`\`http\n${lines.join('\n')}\n\n${body}\n\`\`\``;
}

function isLines({ headers }: Response): boolean {
  return headers.get('content-type') === 'application/x-ndjson';
}

const INLINE_LENGTH_MAX = 60;

/** Returns indented JSON, in which short objects and lists are on one line. */
function jsonText(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => jsonText(item, inner))
    : Object.entries(value).map(([name, item]) => `"${name}": ${jsonText(item, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const inline = isList || items.length === 0 ? `${open}${items.join(', ')}${close}` : `{ ${items.join(', ')} }`;
  if (indent !== '' && inline.length <= INLINE_LENGTH_MAX && !inline.includes('\n')) return inline;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}
