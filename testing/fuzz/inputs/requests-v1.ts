import fc from 'fast-check';
import { COMMANDS, type Command } from '../../../packages/service/src/api/v1/commands.ts';
import { ODD_TIMES, oddJson, oddString } from './odd-values.ts';
import { AIMS, type FuzzRequest, framing, headers, methodNear, parameter, spoilt } from './requests.ts';
import { objectJson, type Samples, type Schema } from './schema-json.ts';

const BASE = '/v1/sessions';

const SAMPLES: Samples = {
  session_id: ['{id}', '{id}', '{ended_id}'],
  user_id: ['u', 'v'],
  id: ['{id}', 'none'],
  from_time: ODD_TIMES,
  to_time: ODD_TIMES,
};

/** Requests for every command of API v1, generated from the schemas. */
export const requestsV1: fc.Arbitrary<FuzzRequest> = fc.oneof(...COMMANDS.map(requestTo));

function requestTo({ name, schema }: Command): fc.Arbitrary<FuzzRequest> {
  const given = objectJson(schema as Schema, SAMPLES);
  return fc.record(
    {
      method: methodNear('POST'),
      path: pathOf(name),
      query: query(),
      headers,
      body: fc.oneof(
        { weight: 30, arbitrary: given },
        { weight: 2, arbitrary: oddJson },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      framing,
      spoilt,
    },
    { noNullPrototype: true },
  );
}

function pathOf(name: string): fc.Arbitrary<string> {
  const path = `${BASE}/${name}`;
  return fc.oneof(
    { weight: 60, arbitrary: fc.constant(path) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        `${path}/`,
        `${path}%`,
        path.toUpperCase(),
        path.replaceAll('_', '%5F'),
        `${BASE}/%ff`,
        BASE,
      ),
    },
    { weight: 1, arbitrary: oddString.map((text) => `${BASE}/${encodeURIComponent(text.toWellFormed())}`) },
  );
}

function query(): fc.Arbitrary<string> {
  const names = fc.oneof(fc.constantFrom('correlation_id', 'trace_id', 'session_id', '__proto__'), oddString);
  const one = parameter(names, fc.oneof(oddString, fc.constantFrom(...AIMS)));
  return fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: one });
}
