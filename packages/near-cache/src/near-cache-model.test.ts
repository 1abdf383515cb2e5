import { test } from 'node:test';
import fc from 'fast-check';
import { SimulatedWorld, type Step } from './fixtures/simulated-world.ts';

const IDS = ['a', 'b'];

const ms = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4_000 }));
const id = fc.constantFrom(...IDS);
const node = fc.nat({ max: 1 });
const count = fc.integer({ min: 1, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('read' as const), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read many' as const), ids: fc.constant(IDS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('seconds pass' as const), count }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('requests arrive' as const), node }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answers arrive' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('events arrive' as const), count }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store tells' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('store is cut off' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store is back' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stream breaks' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stream opens' as const), node }) },
);

const standstill = fc.constantFrom('no clock' as const, 'the monotonic clock' as const, 'both clocks' as const);
/** The clocks of a paused virtual machine cannot reveal that it was stopped. */
const standstillOfNode = fc.constantFrom('no clock' as const, 'the monotonic clock' as const);
const by_ms = fc.oneof(fc.integer({ min: -120, max: 120 }), fc.integer({ min: -20_000, max: 20_000 }));
const wall_error = fc.integer({ min: -2, max: 2 }).map((halves) => halves / 2);
const away = {
  do: fc.constant('client is away' as const),
  ms: fc.oneof(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 20_000 })),
  standstill,
  wall_error,
};
const stepOfClocks: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('client stops' as const), standstill }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('client goes on' as const), wall_error }) },
  { weight: 3, arbitrary: fc.record(away) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('node stops' as const), node, standstill: standstillOfNode }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('node goes on' as const), node, wall_error }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wall clock of a node is set' as const), node, by_ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wall clock is set' as const), by_ms }) },
);

/** Both nodes and the client have cached all sessions, and receive every change. */
const BEGINNING: readonly Step[] = [
  { do: 'stream opens', node: 1 },
  // A gap before the first read.
  { do: 'events arrive', count: 4 },
  { do: 'seconds pass', count: 1 },
  ...[0, 1].flatMap((node): Step[] => [
    ...IDS.map((id): Step => ({ do: 'read', id })),
    { do: 'requests arrive', node },
    ...(node === 0 ? [{ do: 'stream breaks' as const }, { do: 'stream opens' as const, node: 1 }] : []),
    { do: 'answers arrive' },
    { do: 'events arrive', count: 4 },
  ]),
];

/** Orders of events close to the bound. Each would break the bound if one of the rules were a little laxer. */
const HEARD: readonly Step[] = [
  { do: 'store tells', node: 1 },
  { do: 'end', id: 'a' },
  { do: 'wait', ms: 1_000 },
  { do: 'events arrive', count: 1 },
];
const READ: Step = { do: 'read', id: 'a' };
const CLOSE_CALLS: readonly (readonly Step[])[] = [
  // The time that the clocks may leave undetected.
  [
    { do: 'wall clock is set', by_ms: -120 },
    ...HEARD,
    { do: 'client is away', standstill: 'the monotonic clock', ms: 240, wall_error: 0 },
    { do: 'wait', ms: 1_860 },
    READ,
  ],
  // A node was suspended after it received the store's feed.
  ...[120, 45_000].map((ms): readonly Step[] => [
    { do: 'store tells', node: 0 },
    { do: 'node stops', node: 0, standstill: 'the monotonic clock' },
    { do: 'end', id: 'a' },
    { do: 'wait', ms },
    { do: 'node goes on', node: 0, wall_error: 0 },
    { do: 'wait', ms: 2_890 },
    READ,
    { do: 'requests arrive', node: 0 },
  ]),
  // A node's clock stood still after it had read a session. The node dates that read after a gap.
  [
    { do: 'store is cut off', node: 1 },
    { do: 'end', id: 'a' },
    { do: 'wait', ms: 1 },
    { do: 'store is back', node: 1 },
    { do: 'events arrive', count: 4 },
    { do: 'node stops', node: 0, standstill: 'the monotonic clock' },
    { do: 'wait', ms: 120 },
    { do: 'node goes on', node: 0, wall_error: 0 },
    READ,
    { do: 'requests arrive', node: 0 },
    { do: 'answers arrive' },
    { do: 'seconds pass', count: 4 },
    READ,
  ],
  // The wall clock is behind after a suspension.
  [
    ...HEARD,
    { do: 'client is away', standstill: 'the monotonic clock', ms: 1_000, wall_error: -1 },
    { do: 'wait', ms: 1_200 },
    READ,
  ],
  // A heartbeat seems to come from the future.
  [
    { do: 'client is away', standstill: 'both clocks', ms: 400, wall_error: 0 },
    { do: 'wait', ms: 590 },
    { do: 'store tells', node: 1 },
    { do: 'wait', ms: 10 },
    { do: 'events arrive', count: 4 },
    { do: 'wait', ms: 3_050 },
    READ,
  ],
];

function boundHolds(each: fc.Arbitrary<Step>) {
  return fc.asyncProperty(fc.array(each, { maxLength: 80, size: 'max' }), async (steps) => {
    const world = new SimulatedWorld();
    for (const next of [...BEGINNING, ...steps]) await world.follow(next);
  });
}

test('[M-01] no order of events lets a cache serve an ended session too long', async () => {
  await fc.assert(boundHolds(step), { numRuns: 2_000 });
});

test('[M-02] a cache keeps the bound if the process stops or the clock stops or is set', async () => {
  const examples = CLOSE_CALLS.map((steps): [Step[]] => [[...steps]]);
  await fc.assert(boundHolds(stepOfClocks), { numRuns: 2_000, examples });
});
