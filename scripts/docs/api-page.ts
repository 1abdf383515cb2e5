import { ROUTES_V2, type RouteNameV2 } from '@pip-sessions/contract/routes';
import type { OpenResult } from '@pip-sessions/contract/v2';
import { CHANGES_DESCRIPTION, CHANGES_ROUTE } from '../../packages/service/src/api/v2/changes-route.ts';
import { openapiV2, PROBLEMS_OF_ALL } from '../../packages/service/src/api/v2/document.ts';
import { ROUTES } from '../../packages/service/src/api/v2/routes.ts';
import { exampleRequests, type OpenapiDocument, type Operation } from '../../testing/http/example-requests.ts';
import { startTestServer } from '../../testing/http/test-server.ts';
import { Exchanges } from './exchange.ts';
import { introduction } from './introduction.ts';
import { OPERATION_NAMES, OPERATIONS } from './operations.ts';
import { problemLink } from './problem-link.ts';
import { parameterRows, propertyRows, table } from './tables.ts';

const DOCUMENT = openapiV2() as OpenapiDocument;
const { schemas } = DOCUMENT.components;
const ROWS = ['Name', 'Type', 'Meaning'];

/** Returns docs/api-v2.md. Each response in it was given by a service while the page was generated. */
export async function apiPage(): Promise<string> {
  const server = await startTestServer();
  try {
    const exchanges = new Exchanges(server);
    const start = await introduction(exchanges);
    const operations = await operationSections(exchanges);
    return [start, '## Objects', ...objectSections(), '## Operations', ...operations].join('\n\n').concat('\n');
  } finally {
    await server.stop();
  }
}

function objectSections(): string[] {
  return [
    '### Session',
    'Times are UTC, as `YYYY-MM-DDTHH:mm:ss.sssZ`. A list returns sessions without `user` and `data`.',
    table(ROWS, propertyRows(schemas.Session ?? {}, schemas, false)),
    '### Problem',
    'The body of an error, with the type `application/problem+json` (RFC 9457).',
    table(ROWS, propertyRows(schemas.Problem ?? {}, schemas, false)),
  ];
}

async function operationSections(exchanges: Exchanges): Promise<string[]> {
  const opened = { id: '', token: '' };
  const sections: string[] = [];
  for (const name of OPERATION_NAMES) {
    // The operation closes the other live sessions of the user, or all.
    if (name === 'closeOwnSessions' || name === 'closeSessions') await exchanges.send(requestOf('openSession', opened));
    const exchange = await exchanges.send(requestOf(name, opened));
    const { token, session } = exchange.body as Partial<OpenResult>;
    if (token !== undefined) Object.assign(opened, { id: session?.id, token });
    sections.push(section(name, exchange.markdown));
    if (name === 'getStats') sections.push(await changesSection(exchanges));
  }
  return sections;
}

function requestOf(name: string, session: { readonly id: string; readonly token: string }) {
  const request = exampleRequests(DOCUMENT, session).find(({ operation }) => operation === name);
  if (request === undefined) throw new Error(`The document has no operation ${name}`);
  return request;
}

function section(name: (typeof OPERATION_NAMES)[number], exchange: string): string {
  const { line, operation } = operationOf(name);
  const { title, notes } = OPERATIONS[name];
  const [status = ''] = Object.keys(operation.responses);
  const [content] = Object.values(operation.responses[status]?.content ?? {});
  return joined([
    `### ${title}`,
    `\`${line}\``,
    `${operation.summary}. ${facts(name)}`,
    notes,
    titled('Parameters', table(ROWS, parameterRows(operation))),
    titled('Body', bodyTable(operation)),
    titled(`Response ${status}`, content ? resultTable(content.schema.$ref) : ''),
    problemsLine(name),
    exchange,
  ]);
}

async function changesSection(exchanges: Exchanges): Promise<string> {
  const { line, operation } = operationOf('followChanges');
  const events = await exchanges.follow(CHANGES_ROUTE.path, () =>
    exchanges.send(requestOf('openSession', { id: '', token: '' })),
  );
  return joined([
    '### Follow changes',
    `\`${line}\``,
    `${operation.summary}. ${facts('followChanges')}`,
    CHANGES_DESCRIPTION,
    titled('Parameters', table(ROWS, parameterRows(operation))),
    problemsLine('followChanges'),
    `The response has no end. A session is opened after the first events:`,
    events,
  ]);
}

function operationOf(name: string): { readonly line: string; readonly operation: Operation } {
  for (const [path, operations] of Object.entries(DOCUMENT.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (operation.operationId === name) return { line: `${method.toUpperCase()} ${path}`, operation };
    }
  }
  throw new Error(`The document has no operation ${name}`);
}

function facts(name: string): string {
  if (!(name in ROUTES_V2)) return 'It requires no key.';
  const { scope, isIdempotent } = ROUTES_V2[name as RouteNameV2];
  const repeated = isIdempotent ? '' : ' Do not repeat it if the response was lost.';
  return `It requires the scope \`${scope}\`.${repeated}`;
}

function bodyTable({ requestBody }: Operation): string {
  const [media] = Object.values(requestBody?.content ?? {});
  if (!media) return '';
  const { $ref } = media.schema;
  if ($ref === undefined) return `${media.schema.description}.`;
  return table(ROWS, propertyRows(schemas[nameOf($ref)] ?? {}, schemas, true));
}

function resultTable($ref: string | undefined): string {
  if ($ref === undefined) return '';
  const name = nameOf($ref);
  if (name === 'Session') return 'The [session](#session).';
  const { anyOf, ...schema } = schemas[name] ?? {};
  const tables = (anyOf ?? [schema]).map((one) => table(ROWS, propertyRows(one, schemas, false)));
  return tables.join('\n\nor\n\n');
}

function nameOf($ref: string): string {
  return $ref.split('/').at(-1) ?? '';
}

/** The problems of the operation beside those of every operation, which the introduction lists. */
function problemsLine(name: string): string {
  if (!(name in ROUTES_V2)) return '';
  const route = ROUTES.find((other) => other.name === name);
  const own = (route?.problems ?? []).filter((code) => !PROBLEMS_OF_ALL.includes(code));
  if (own.length === 0) return 'Problems: [those of every operation](#errors).';
  return `Problems: ${own.map(problemLink).join(', ')}, and [those of every operation](#errors).`;
}

function titled(title: string, text: string): string {
  return text === '' ? '' : `**${title}**\n\n${text}`;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
