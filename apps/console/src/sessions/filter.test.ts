import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FILTERS,
  filterOfQuery,
  isFilterValue,
  NO_FILTER,
  queryOfFilter,
  requestFilter,
  type ViewFilter,
  withValue,
} from './filter.ts';
import { filterText } from './filter-text.ts';

const EXAMPLE: ViewFilter = {
  states: 'all',
  values: {
    user_id: 'a&b=c/../é',
    user_name: 'Ann',
    address: '10.2.0.0/16',
    client: 'x y',
    opened_after: '2h',
    opened_before: '2026-01-31T12:00:00Z',
    from_time: '30m',
    to_time: '2026-01-31T12:00:00Z',
    expires_before: '10m',
    expires_after: '1h',
    close_reason: 'revoked',
    closed_by: 'key:shop',
    actor_type: 'agent',
    actor_id: 'staff-7',
  },
};

test('an address keeps every filter', () => {
  assert.equal(Object.keys(EXAMPLE.values).length, FILTERS.length);
  const query = queryOfFilter(EXAMPLE);
  assert.deepEqual(filterOfQuery(new URLSearchParams(query.toString())), EXAMPLE);
});

test('an address without filters shows live sessions, and is empty', () => {
  assert.deepEqual(filterOfQuery(new URLSearchParams()), NO_FILTER);
  assert.equal(queryOfFilter(NO_FILTER).toString(), '');
});

test('an address leaves out values that a filter cannot have', () => {
  const query = new URLSearchParams({
    state: 'dead',
    from_time: '5 minutes',
    to_time: '0m',
    expires_before: '2026-99-99T00:00',
    close_reason: 'bored',
    actor_type: 'cat',
    user_id: '',
    client: 'x'.repeat(5_000),
    address: '10.0.0.1',
  });
  assert.deepEqual(filterOfQuery(query), { states: 'live', values: { address: '10.0.0.1' } });
});

test('other parameters of the address stay when the filter changes', () => {
  const query = queryOfFilter(NO_FILTER, new URLSearchParams('session=s1&user_id=ann&state=all'));
  assert.equal(query.toString(), 'session=s1');
});

test('a request has times in place of time spans, back or ahead', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  const values = { from_time: '30m', to_time: '2026-01-01T10:00:00+01:00', expires_before: '10m', user_id: 'ann' };
  assert.deepEqual(requestFilter({ states: 'live', values }, now), {
    from_time: '2026-01-01T11:30:00.000Z',
    to_time: '2026-01-01T09:00:00.000Z',
    expires_before: '2026-01-01T12:10:00.000Z',
    user_id: 'ann',
    active: true,
  });
  assert.deepEqual(requestFilter({ states: 'all', values: {} }, now), {});
  assert.deepEqual(requestFilter({ states: 'ended', values: {} }, now), { active: false });
});

test('a filter by the reason of the end shows ended sessions', () => {
  assert.deepEqual(withValue(NO_FILTER, 'close_reason', 'idle'), { states: 'ended', values: { close_reason: 'idle' } });
  assert.equal(withValue({ states: 'all', values: {} }, 'closed_by', 'user').states, 'all');
  assert.equal(withValue({ states: 'ended', values: {} }, 'expires_before', '10m').states, 'live');
  assert.deepEqual(withValue({ states: 'ended', values: { close_reason: 'idle' } }, 'close_reason', null), {
    states: 'ended',
    values: {},
  });
});

test('a time is a time span or an exact time', () => {
  for (const value of ['1m', '24h', '30d', '2026-01-01T00:00Z']) assert.ok(isFilterValue('from_time', value), value);
  for (const value of ['', '1', '-1m', '1w', 'now', '2026', '999999m']) {
    assert.ok(!isFilterValue('from_time', value), value);
  }
});

test('the chip of a time span says it in words', () => {
  assert.equal(filterText('from_time', '30m'), '30 minutes ago');
  assert.equal(filterText('expires_before', '1h'), 'in 1 hour');
  assert.equal(filterText('user_id', '1h'), '1h');
});
