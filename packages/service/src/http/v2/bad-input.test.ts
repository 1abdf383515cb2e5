import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import type { AnyRoute } from '../../api/v2/route.ts';
import { ROUTES } from '../../api/v2/routes.ts';
import { SCHEMAS, type SchemaName } from '../../api/v2/schemas.ts';
import { call, type Reply, type Sent } from './fixtures/call.ts';

/** The keywords of JSON Schema that the inputs use. */
interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** A value that a property does not accept, as JSON, and the property that the error must name. */
interface Bad {
  readonly json: string;
  readonly within?: string;
}

const INPUTS = SCHEMAS as Readonly<Record<SchemaName, Schema>>;

/** A valid request of each kind. */
const GOOD: Readonly<Partial<Record<SchemaName, object>>> = {
  OpenRequest: { user_id: 'u' },
  ValidateRequest: { token: 'none' },
  RotateRequest: { token: 'none' },
  OwnRequest: { token: 'none' },
  CloseOwnRequest: { token: 'none', ids: [] },
  CloseRequest: {},
  CloseManyRequest: { filter: {} },
  UserRequest: { user_id: 'nobody' },
  Empty: {},
};

const SAMPLES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true',
  number: '1.5',
  string: '"x"',
  array: '[]',
  object: '{}',
};
const BAD_TIMES = ['yesterday', '2026-02-30T00:00:00Z', '2026-12-31T23:59:60Z', '9999-12-31T23:59:59-12:00', '\0', ''];
const BAD_NUMBERS = ['1e400', '-1e400', '9007199254740992', '-9007199254740993', '1.5'];
const STRANGE_NAMES = ['nope', '__proto__', 'constructor', 'toString', '__defineGetter__', 'hasOwnProperty', '0', ' '];

let server: TestServer;
let live: string;
/** The state before the test. */
let known: unknown;

before(async () => {
  server = await startTestServer();
  live = (await send('POST /v2/sessions', { body: { user_id: 'u', data: { kept: true } } })).body.session.id;
});
beforeEach(async () => {
  known = await everything();
});
after(() => server.stop());

function send(line: string, sent?: Sent): Promise<Reply> {
  return call(server.url, line.replace('{id}', live), sent);
}

async function everything(): Promise<unknown> {
  return [(await send('GET /v2/sessions?total=true')).body, (await send('GET /v2/sessions/{id}')).body];
}

async function assertNothingStored(): Promise<void> {
  assert.deepEqual(await everything(), known);
}

/** Fails if a request is not rejected with the name of its property. */
function assertNamed({ status, body }: Reply, member: string, what: string): void {
  assert.deepEqual([status, body.code], [400, 'INVALID_DATA'], what);
  assert.ok(body.details.members.includes(member), `${what}: ${JSON.stringify(body)} does not name ${member}`);
  assert.ok(body.detail.includes(member), `${what}: ${body.detail}`);
}

function assertRefused({ status, body }: Reply, detail: RegExp, what: string): void {
  assert.deepEqual([status, body.code], [400, 'INVALID_CONTENT'], what);
  assert.match(body.detail, detail, what);
}

function alternatives(schema: Schema): readonly Schema[] {
  return schema.anyOf?.flatMap(alternatives) ?? [schema];
}

function isAny(schema: Schema): boolean {
  return schema.type === undefined && schema.anyOf === undefined;
}

function badValues(schema: Schema): Bad[] {
  if (isAny(schema)) return [];
  const all = alternatives(schema);
  const types = all.map(({ type }) => type);
  const wrong = Object.entries(SAMPLES).flatMap(([type, json]) => (types.includes(type) ? [] : [{ json }]));
  if (!types.includes('array')) wrong.push({ json: `${'['.repeat(150)}${']'.repeat(150)}` });
  return [...wrong, ...all.flatMap(beyond)];
}

/** Values of the right type that violate a rule. */
function beyond({ type, ...rules }: Schema): Bad[] {
  switch (type) {
    case 'string':
      return badTexts(rules).map((text) => ({ json: JSON.stringify(text) }));
    case 'integer':
      return badNumbers(rules).map((json) => ({ json }));
    case 'array':
      return rules.maxItems === undefined ? [] : [{ json: JSON.stringify(Array(rules.maxItems + 1).fill('x')) }];
    case 'object':
      return [{ json: '{"nope":1}', within: 'nope' }];
    default:
      return [];
  }
}

function badTexts({ minLength = 0, maxLength, pattern, format, enum: values }: Schema): string[] {
  return [
    ...(minLength > 0 ? [''] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(pattern === undefined ? [] : ['\0', 'a\0b', '\ud800', '\udc00x']),
    ...(format === undefined ? [] : BAD_TIMES),
    ...(values === undefined ? [] : ['other', '\ud800', 'x'.repeat(10_000)]),
  ];
}

function badNumbers({ minimum = 0, maximum = 0 }: Schema): string[] {
  return [...BAD_NUMBERS, String(minimum - 1), String(maximum + 1), ...(minimum > 0 ? ['-0'] : [])];
}

/** Returns the paths of the properties of an input, at all levels. */
function* members(schema: Schema, path: readonly string[] = []): Generator<[readonly string[], Schema]> {
  if (path.length > 0) yield [path, schema];
  for (const [name, member] of Object.entries(schema.properties ?? {})) yield* members(member, [...path, name]);
  if (schema.items) yield* members(schema.items, [...path, '0']);
}

/** Returns a valid request with this JSON as the value of one property. */
function bodyWith(route: AnyRoute, path: readonly string[], json: string): string {
  const hole = path.reduceRight<unknown>((inner, name) => (name === '0' ? [inner] : { [name]: inner }), '@');
  return JSON.stringify({ ...GOOD[route.input], ...(hole as object) }).replace('"@"', () => json);
}

for (const route of ROUTES.filter(({ method }) => method !== 'GET')) {
  const line = `${route.method} ${route.path}`;
  const schema = INPUTS[route.input];

  test(`[B-01] ${route.name} rejects each invalid property by name and stores nothing`, async () => {
    for (const [path, member] of members(schema)) {
      for (const { json, within } of badValues(member)) {
        const name = [...path, ...(within === undefined ? [] : [within])].join('.');
        assertNamed(await send(line, { text: bodyWith(route, path, json) }), name, `${name} ${json.slice(0, 40)}`);
      }
    }
    for (const name of isAny(schema) ? [] : STRANGE_NAMES.filter((strange) => strange !== '__proto__')) {
      assertNamed(await send(line, { text: bodyWith(route, [name], '1') }), name, name);
    }
    await assertNothingStored();
  });

  test(`${route.name} rejects invalid JSON, deep nesting and __proto__ at every place`, async () => {
    const places = [[], ...[...members(schema)].map(([path]) => path)];
    for (const path of places) {
      const at = (json: string) => (path.length === 0 ? json : bodyWith(route, path, json));
      const what = path.join('.');
      assertRefused(await send(line, { text: at(`${'['.repeat(201)}${']'.repeat(201)}`) }), /deeper than 200/, what);
      assertRefused(await send(line, { text: at('{"a":{"__proto__":{}}}') }), /__proto__/, what);
      assertRefused(await send(line, { text: at('{"\\u005f_proto__":1}') }), /__proto__/, what);
      for (const broken of ['"\\x"', '"\t"', '01', 'NaN', '1e', "'a'", '[1,]', '"\\ud8"']) {
        assertRefused(await send(line, { text: at(broken) }), /not valid JSON/, `${what} ${broken}`);
      }
      for (const bytes of ['ff', 'c3', 'eda080', 'f4908080', 'c080']) {
        const [head = '', tail = ''] = at('"@"').split('@');
        const text = Buffer.concat([Buffer.from(head), Buffer.from(bytes, 'hex'), Buffer.from(tail)]);
        assertRefused(await send(line, { text }), /not valid UTF-8/, `${what} ${bytes}`);
      }
    }
    await assertNothingStored();
  });
}

for (const route of ROUTES.filter(({ method }) => method === 'GET')) {
  test(`[B-01] ${route.name} rejects bad, repeated and unknown parameters by name`, async () => {
    const ask = async (query: string, name: string) => {
      assertNamed(await send(`GET ${route.path}?${query}`), name, query.slice(0, 60));
    };
    for (const name of STRANGE_NAMES) await ask(`${encodeURIComponent(name)}=1`, name);
    for (const [name, schema] of Object.entries(INPUTS[route.input].properties ?? {})) {
      const texts = schema.type === 'boolean' ? ['1', 'TRUE', 'null', ''] : [...badTexts(schema)];
      if (schema.type === 'integer') texts.push(...badNumbers(schema), '-0', ' 1', '0x1', '');
      for (const text of texts.filter((each) => each.isWellFormed())) {
        await ask(`${name}=${encodeURIComponent(text)}`, name);
      }
      for (const undecodable of ['%ff', 'a%c3', '%ed%a0%80', '%ef%bf%bd%80']) await ask(`${name}=${undecodable}`, name);
      await ask(`${name}=true&${name}=true`, name);
    }
  });
}

test('[B-01] invalid headers are rejected by name, and nothing is stored', async () => {
  const bad = {
    'idempotency-key': ['', 'short', '0123456789 abcdef', 'x'.repeat(256), '0123456789abcdeé'],
    'if-match': [
      '',
      '1',
      '"x"',
      '"-1"',
      '"1" "2"',
      '"1',
      `${'"1", '.repeat(17)}"1"`,
      '"1e400"',
      '"9007199254740993"',
      `"${'1'.repeat(99)}"`,
    ],
  };
  const names = { 'idempotency-key': 'Idempotency-Key', 'if-match': 'If-Match' };
  for (const value of bad['idempotency-key']) {
    const reply = await send('POST /v2/sessions', { body: { user_id: 'u' }, headers: { 'idempotency-key': value } });
    assertNamed(reply, names['idempotency-key'], value);
  }
  for (const { method, path } of ROUTES.filter(({ isConditional }) => isConditional)) {
    for (const value of bad['if-match']) {
      assertNamed(
        await send(`${method} ${path}`, { body: {}, headers: { 'if-match': value } }),
        names['if-match'],
        value,
      );
    }
  }
  await assertNothingStored();
});

test('an error names what is wrong, and not what the other alternative would be', async () => {
  const detailOf = async (line: string, body: unknown) => (await send(line, { body })).body.detail;
  assert.equal(
    await detailOf('POST /v2/sessions', { user_id: 'u', actor: {} }),
    'actor.type is required; actor.id is required.',
  );
  assert.equal(await detailOf('POST /v2/sessions', { user_id: 'u', actor: 7 }), 'actor must be an object or null.');
  assert.equal(
    await detailOf('POST /v2/sessions', { user_id: 'u', actor: 7, 'actor.type': 1 }),
    'actor.type is an unknown property; actor must be an object or null.',
  );
  assert.equal(await detailOf('PATCH /v2/sessions/{id}', {}), 'the body must have at least 1 property.');
});

test('a path without an id is not that of a session, whatever the method', async () => {
  for (const { method, path } of ROUTES) {
    if (path.includes('{id}')) continue;
    const other = method === 'POST' ? 'PUT' : 'DELETE';
    for (const wrong of method === 'POST' ? [other, 'DELETE'] : [other]) {
      const { status, headers } = await send(`${wrong} ${path}`);
      assert.equal(status, 405, `${wrong} ${path}`);
      assert.ok(headers.get('allow')?.includes(method), `${wrong} ${path} allows ${headers.get('allow')}`);
    }
  }
});
