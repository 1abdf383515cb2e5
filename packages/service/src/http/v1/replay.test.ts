import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { DIFFERENCES, type Difference } from './fixtures/differences.ts';
import { type Answer, Replay, readRecording, type Scenario, type Step } from './fixtures/replay.ts';

const { recorded_from, scenarios } = readRecording();
const used = new Set<Difference>();

for (const scenario of scenarios) {
  test(`responds like ${recorded_from}: ${scenario.name}`, async () => {
    // The original has no API v2.
    const server = await startTestServer({ v2: null });
    try {
      const replay = new Replay(server.url);
      for (const step of scenario.steps) compare(scenario, step, await replay.send(step));
    } finally {
      await server.stop();
    }
  });
}

test('every intended difference occurs', () => {
  for (const difference of DIFFERENCES)
    assert.ok(used.has(difference), `this difference no longer occurs: ${difference.reason}`);
});

function compare(scenario: Scenario, step: Step, ours: Answer): void {
  const key = `${scenario.name} / ${step.name}`;
  if (matches(ours, step)) return;
  const difference = DIFFERENCES.find(({ steps }) => steps.test(key));
  if (!difference) {
    assert.deepEqual(ours, step.response, key);
    assert.fail(`${key}: the answer differs from the original's`);
  }
  used.add(difference);
  const expected = difference.ours;
  assert.equal(ours.status, expected.status, key);
  if (expected.code !== undefined) assert.equal((ours.body as { code: string }).code, expected.code, key);
  if (expected.body === undefined) return;
  const body = expected.body(step.response);
  if (typeof body === 'function') assert.ok(body(ours.body, JSON.parse(step.request.body ?? '{}')), key);
  else assert.deepEqual(ours.body, body, key);
}

function matches(ours: Answer, { response, request }: Step): boolean {
  if (ours.status !== response.status) return false;
  if (response.body === null) return ours.body === null;
  // The original does not name the charset, which Dart clients need.
  if (ours.content_type !== 'application/json; charset=utf-8') return false;
  if (response.status >= 400) return sameError(ours.body as ErrorBody, response);
  return same(inOrder(ours.body, request.body), inOrder(response.body, request.body));
}

interface ErrorBody {
  readonly code: string;
  readonly category: string;
  readonly status: number;
  readonly message: string;
}

/** Framework errors of the original have no category and status. Its command errors leak a stack. */
function sameError(ours: ErrorBody, { status, body }: Answer): boolean {
  const { code, category, message } = body as Partial<ErrorBody>;
  const members = [...(message ?? '').matchAll(/(?:^|, |: )([\w.]+) (?:must|type)/g)].map(([, member]) => member ?? '');
  return (
    ours.code === code &&
    ours.category === (category ?? (status === 404 ? 'NotFound' : 'BadRequest')) &&
    ours.status === status &&
    members.every((member) => ours.message.includes(member)) &&
    Object.keys(ours).every((key) =>
      ['code', 'category', 'status', 'message', 'details', 'correlation_id'].includes(key),
    )
  );
}

/** The original lists by insertion. For equally old sessions on a page, only their number is compared. */
function inOrder(body: unknown, request: string | null): unknown {
  if (typeof body !== 'object' || body === null || !('total' in body) || !('data' in body)) return body;
  const { total, data } = body as { total: number | null; data: { id: string }[] };
  const paged = /"(skip|take)":[^n]/.test(request ?? '');
  return { total, data: paged ? data.length : data.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Compares as text, so that the order of properties counts. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
