import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { extname } from 'node:path';
import { RequestError } from '../../api/error-codes.ts';
import type { Content } from '../content.ts';

const FOLDER = new URL('../../../vendor/console/', import.meta.url);
const INDEX = 'index.html';
const ASSETS = 'assets/';
/** The end of the name of a compressed copy, which the build has written beside a file. */
const COPY = '.br';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** The pages load resources of this service only, so nothing that they show can be sent elsewhere. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  vary: 'accept-encoding',
};

/** A form in which a file is sent. Each has a strong tag of its own (RFC 9110, 8.8.3.3). */
interface Representation {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface File {
  readonly plain: Representation;
  /** The compressed copy; null for a file that is too small for one. */
  readonly compressed: Representation | null;
}

/**
 * The files of the console, which its build has written. They are read at the first request: some 900 kB in memory.
 */
export class ConsoleFiles {
  #files: Promise<ReadonlyMap<string, File>> | null = null;

  /** Returns the file of a path below `/console/`. Another path is a view, which the page shows. */
  async content(path: string, { headers }: IncomingMessage): Promise<Content> {
    this.#files ??= readFiles();
    const files = await this.#files;
    const file = files.get(path) ?? (path.startsWith(ASSETS) ? undefined : files.get(INDEX));
    if (!file) {
      const reason = files.size === 0 ? 'The console was not built: run npm install.' : 'The file does not exist.';
      throw new RequestError('ResourceNotFound', reason);
    }
    const chosen = (acceptsBrotli(headers['accept-encoding']) ? file.compressed : null) ?? file.plain;
    const isSame = headers['if-none-match'] === chosen.headers.etag;
    return isSame ? { status: 304, headers: chosen.headers, body: '' } : { status: 200, ...chosen };
  }
}

/** A weight of 0 rejects an encoding (RFC 9110, 12.4.2). */
function acceptsBrotli(accepted: string | string[] | undefined): boolean {
  return /(^|[\s,])br\s*(;\s*q=(0\.0*[1-9]|1)[\d.]*\s*)?(,|$)/.test(accepted?.toString() ?? '');
}

async function readFiles(): Promise<ReadonlyMap<string, File>> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(FOLDER.pathname.length).replace(/^\/+/, ''));
  const copies = new Set(paths.filter((path) => path.endsWith(COPY)));
  const served = paths.filter((path) => !copies.has(path));
  return new Map(await Promise.all(served.map(async (path) => [path, await readOne(path, copies)] as const)));
}

async function readOne(path: string, copies: ReadonlySet<string>): Promise<File> {
  const body = await readFile(new URL(path, FOLDER));
  const headers = {
    ...HEADERS,
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    // The build gives each version of an asset a name of its own.
    'cache-control': path.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  const tag = hash('sha256', body, 'base64url');
  const copy = copies.has(path + COPY) ? await readFile(new URL(path + COPY, FOLDER)) : null;
  return {
    plain: { headers: { ...headers, etag: `"${tag}"` }, body },
    compressed: copy && { headers: { ...headers, etag: `"${tag}-br"`, 'content-encoding': 'br' }, body: copy },
  };
}
