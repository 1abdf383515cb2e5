import fc from 'fast-check';
import { CHANGES_ROUTE } from '../../../packages/service/src/api/v2/changes-route.ts';
import type { AnyRoute } from '../../../packages/service/src/api/v2/route.ts';
import { ROUTES } from '../../../packages/service/src/api/v2/routes.ts';
import { SCHEMAS } from '../../../packages/service/src/api/v2/schemas.ts';
import { oddJson, oddString } from './odd-values.ts';
import { AIMS, type FuzzRequest, framing, headers, idInPath, methodNear, parameter, spoilt } from './requests.ts';
import { fittingJson, objectJson, type Samples, type Schema } from './schema-json.ts';

const CURSORS = ['MS5h', 'OTk5OTk5OTk5OTk5OTk5OS5h', 'MS4A', 'MS4', 'x', '='].concat(
  [`0.${'x'.repeat(3_000)}`, '9007199254740991.a', '0.\0', '1.\ufffd', '00.a'].map((text) =>
    Buffer.from(text).toString('base64url'),
  ),
);

const SAMPLES: Samples = {
  user_id: ['u', 'v'],
  token: ['{token}', '{token}', '{token}', '{rotated_token}', '{ended_token}'],
  filter: [],
  except: ['{id}', '{ended_id}'],
  cursor: CURSORS,
};
const { filter: _, ...NAMED } = SAMPLES;

/** Requests for every route of API v2, generated from the schemas. */
export const requestsV2: fc.Arbitrary<FuzzRequest> = fc.oneof(
  ...ROUTES.map((route) => ({ weight: 20, arbitrary: requestTo(route) })),
  { weight: 1, arbitrary: toChanges() },
);

function requestTo(route: AnyRoute): fc.Arbitrary<FuzzRequest> {
  const schema = SCHEMAS[route.input] as Schema;
  const isQuery = route.method === 'GET';
  return fc.record(
    {
      method: methodNear(route.method),
      path: pathOf(route.path),
      query: isQuery ? queryOf(schema) : rarely(queryOf(SCHEMAS.ListQuery as Schema)),
      headers,
      body: isQuery
        ? fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oddJson })
        : bodyOf(route, schema),
      framing,
      spoilt,
    },
    { noNullPrototype: true },
  );
}

function toChanges(): fc.Arbitrary<FuzzRequest> {
  const { method, path } = CHANGES_ROUTE;
  return fc.record(
    {
      method: methodNear(method),
      path: fc.constant(path),
      query: rarely(queryOf({})),
      headers,
      body: fc.constant(null),
      framing,
      spoilt,
    },
    { noNullPrototype: true },
  );
}

function pathOf(path: string): fc.Arbitrary<string> {
  const whole = path.includes('{id}') ? idInPath.map((id) => path.replace('{id}', () => id)) : fc.constant(path);
  return fc.oneof(
    { weight: 60, arbitrary: whole },
    { weight: 1, arbitrary: whole.map((text) => `${text}/`) },
    { weight: 1, arbitrary: whole.map((text) => text.replace('/v2/', '//v2/')) },
    { weight: 1, arbitrary: whole.map((text) => text.replace('sessions', '%73essions')) },
    { weight: 1, arbitrary: whole.map((text) => `http://127.0.0.1${text}`) },
  );
}

function bodyOf({ name }: AnyRoute, schema: Schema): fc.Arbitrary<string | null> {
  const given = schema.properties === undefined ? fittingJson(schema, name, NAMED) : objectJson(schema, NAMED);
  return fc.oneof(
    { weight: 30, arbitrary: given },
    { weight: 2, arbitrary: oddJson },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function queryOf({ properties = {} }: Schema): fc.Arbitrary<string> {
  const known = Object.entries(properties).map(([name, schema]) =>
    parameter(
      fc.constant(name),
      fc.oneof({ weight: 9, arbitrary: queryText(name, schema) }, { weight: 1, arbitrary: oddString }),
    ),
  );
  const other = parameter(
    fc.oneof(oddString, fc.constantFrom('correlation_id', 'trace_id', 'token', 'key')),
    fc.oneof(oddString, fc.constantFrom(...AIMS)),
  );
  const one = fc.oneof({ weight: 1, arbitrary: other }, ...known.map((arbitrary) => ({ weight: 4, arbitrary })));
  return fc.array(one, { maxLength: 4 }).map((parameters) => parameters.join('&'));
}

function queryText(name: string, schema: Schema): fc.Arbitrary<string> {
  return fittingJson(schema, name, NAMED).map((json) => (json.startsWith('"') ? String(JSON.parse(json)) : json));
}

function rarely(query: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 15, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query });
}
