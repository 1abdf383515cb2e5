import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type DocumentedApis, PAGE_CSS, v1PageHtml, v2PageHtml } from './page.ts';
import { PAGE_JS } from './page-script.ts';
import type { AssetPath } from './paths.ts';

interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Source {
  readonly type: string;
  readonly read: () => Promise<Buffer | string>;
}

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';

/**
 * The page may load resources of this service only, so a key that is entered on it cannot be sent to another server.
 */
const HEADERS = {
  // The icons in its style sheet are the only data: URIs.
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  // Browsers revalidate each file, so a new version of the service takes effect at once. An unchanged file is a 304.
  'cache-control': 'no-cache',
};

/** The pages and their files, 1.9 MB together. Each is read once and then cached. */
export class Assets {
  readonly #sources: Readonly<Record<AssetPath, Source>>;
  readonly #loaded = new Map<AssetPath, Promise<Asset>>();

  constructor(apis: DocumentedApis) {
    this.#sources = {
      '/docs': { type: HTML, read: async () => v2PageHtml(apis) },
      '/swagger': { type: HTML, read: async () => v1PageHtml(apis) },
      '/docs/page.css': { type: CSS, read: async () => PAGE_CSS },
      '/docs/page.js': { type: JS, read: async () => PAGE_JS },
      '/docs/swagger-ui.css': { type: CSS, read: () => fileOf('swagger-ui.css') },
      '/docs/swagger-ui-bundle.js': { type: JS, read: () => fileOf('swagger-ui-bundle.js') },
      '/docs/favicon-32x32.png': { type: 'image/png', read: () => fileOf('favicon-32x32.png') },
    };
  }

  /** Concurrent requests share one load. */
  get(path: AssetPath): Promise<Asset> {
    const loaded = this.#loaded.get(path);
    if (loaded) return loaded;
    const loading = load(this.#sources[path]);
    this.#loaded.set(path, loading);
    loading.catch(() => this.#loaded.delete(path));
    return loading;
  }
}

async function load({ type, read }: Source): Promise<Asset> {
  const body = Buffer.from(await read());
  const etag = `"${hash('sha256', body, 'base64url')}"`;
  return { headers: { ...HEADERS, 'content-type': type, etag }, body };
}

/** Reads a file of Swagger UI, which `scripts/bundle.js` has copied. */
function fileOf(name: string): Promise<Buffer> {
  return readFile(new URL(`../../../vendor/swagger-ui/${name}`, import.meta.url));
}
