import fc from 'fast-check';
import { oddJson, oddString } from './odd-values.ts';
import { type FuzzRequest, framing, headers, methodNear, parameter, spoilt } from './requests.ts';

/** Paths outside of the APIs. The service serves some of them. */
const PATHS = [
  '/',
  '/livez',
  '/readyz',
  '/heartbeat',
  '/status',
  '/swagger',
  '/swagger/',
  '/v1/sessions/swagger',
  '/openapi.json',
  '/docs',
  '/docs/',
  '/docs/index.html',
  '/docs/static/index.html',
  '/docs/swagger-ui.css',
  '/metrics',
  '/console',
  '/favicon.ico',
  '/v1',
  '/v1/',
  '/v2',
  '/v2/',
  '/v3/sessions',
  '*',
  '//',
  '/..',
  '/docs/../../package.json',
  '/docs/%2e%2e/%2e%2e/package.json',
  '/docs/%2e%2e%2f%2e%2e%2fpackage.json',
  '/docs/..%5c..%5cpackage.json',
  '/docs/%00',
  '/%',
  '/%ff',
  '/%ed%a0%80',
  '/__proto__',
  '/constructor',
  '/docs/__proto__',
  `/${'x'.repeat(5_000)}`,
  'http://127.0.0.1/livez',
  'http://[/livez',
  '/livez#',
  '/livez;a',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE'];

const path = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: oddString.map((text) => `/${encodeURIComponent(text.toWellFormed())}`) },
);

/** Any method on any path outside of the APIs, with any body. */
export const requestsElsewhere: fc.Arbitrary<FuzzRequest> = fc.record(
  {
    method: fc.constantFrom(...METHODS).chain(methodNear),
    path,
    query: fc.oneof(
      { weight: 4, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: parameter(oddString, oddString) },
    ),
    headers,
    body: fc.option(oddJson, { nil: null }),
    framing,
    spoilt,
  },
  { noNullPrototype: true },
);
