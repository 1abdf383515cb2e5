import type { IncomingMessage } from 'node:http';
import type { Content } from '../content.ts';
import { prefersPage } from '../documents/accept.ts';
import { redirect } from '../documents/pages.ts';
import { type Endpoints, jsonContent } from './endpoints.ts';
import type { FixedPath } from './fixed-routes.ts';
import type { StatusInfo } from './pip-endpoints.ts';

interface LandingOptions {
  readonly info: StatusInfo;
  readonly hasConsole: boolean;
  /** The other paths that are served. */
  readonly paths: readonly FixedPath[];
}

/** The paths that `GET /` names to programs. */
const LINKS: readonly FixedPath[] = ['/openapi.json', '/docs', '/swagger', '/metrics', '/livez', '/readyz', '/status'];
const VARIES = { vary: 'accept', 'cache-control': 'no-cache' };

/** `GET /`: leads browsers to the console, or to the reference page; other clients get links. `/console` redirects. */
export function landingEndpoints({ info, hasConsole, paths }: LandingOptions): Endpoints {
  const links = LINKS.filter((path) => paths.includes(path));
  const page = hasConsole ? 'console/' : links.find((path) => path === '/docs')?.slice(1);
  const { name, version, description } = info;
  const text = JSON.stringify({
    ...{ name, version, description },
    links: Object.fromEntries([...links, ...(hasConsole ? ['/console/'] : [])].map((path) => [linkName(path), path])),
  });
  return {
    '/': ({ headers: { accept } }: IncomingMessage): Content =>
      page !== undefined && prefersPage(accept)
        ? { status: 302, headers: { ...VARIES, location: page }, body: '' }
        : jsonContent(text, VARIES),
    ...(hasConsole && { '/console': () => redirect('console/') }),
  };
}

function linkName(path: string): string {
  return path.replaceAll('/', '').replace('.json', '');
}
