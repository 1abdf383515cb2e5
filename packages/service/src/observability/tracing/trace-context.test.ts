import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerSpan } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('the span of the caller is read from traceparent and tracestate', () => {
  const span = callerSpan(`00-${TRACE}-${SPAN}-01`, 'vendor=1');
  assert.partialDeepStrictEqual(span, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
  assert.equal(span?.traceState?.serialize(), 'vendor=1');
  assert.equal(callerSpan(`01-${TRACE}-${SPAN}-00-more`, undefined)?.traceFlags, 0);
});

test('a missing or wrong traceparent begins a new trace', () => {
  const wrong = [
    undefined,
    ['a', 'b'],
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ];
  for (const header of wrong) assert.equal(callerSpan(header, undefined), null, String(header));
  assert.equal(callerSpan(`00-${TRACE}-${SPAN}-01`, 'a='.padEnd(600, 'x'))?.traceState, undefined);
});
