/** A process with one node of the service for histories: it receives calls and reports events. */
import { createCachedSessionsClient } from '@pip-sessions/client';
import { directLookup } from '../../../packages/service/src/domain/session-lookup.ts';
import { Sessions } from '../../../packages/service/src/domain/sessions.ts';
import { CheckedClock } from '../../../packages/service/src/domain/time/clock-check.ts';
import { Authenticator } from '../../../packages/service/src/http/authentication/authenticate.ts';
import { HttpServer } from '../../../packages/service/src/http/server.ts';
import { NearSessions } from '../../../packages/service/src/near-sessions/near-sessions.ts';
import { ClockWatch } from '../../../packages/service/src/observability/clock-watch.ts';
import { createLogger } from '../../../packages/service/src/observability/log.ts';
import { createStore } from '../../../packages/service/src/stores/create-store.ts';
import { isSharedStore } from '../../../packages/service/src/stores/shared/store-url.ts';
import { monotonicMicros } from '../history.ts';
import { listenToStore, listenToStream } from './listeners.ts';
import { NodeClock } from './node-clock.ts';
import { type Node, perform } from './performer.ts';
import type { FromNode, NodeEvent, NodeSettings, ToNode } from './protocol.ts';

const NEAR_BOUNDS = { sessions_max: 10_000, bytes_max: 16_777_216 };
/** How often a node reports even if nothing has happened, so that the events of all nodes can be ordered. */
const REPORT_INTERVAL_MS = 5;
/** How often the watermark of the store's feed is recorded. */
const WATERMARK_INTERVAL_MS = 50;

const settings = JSON.parse(process.argv[2] ?? '') as NodeSettings;
const clock = new NodeClock(settings.clock);
let events: NodeEvent[] = [];
let isReporting = false;

start().then(
  () => send({ type: 'ready' }),
  (error: unknown) => send({ type: 'failed', message: error instanceof Error ? String(error.stack) : String(error) }),
);
process.once('disconnect', () => process.exit());

async function start(): Promise<void> {
  const { store: url, number, limit, touch_interval_ms, rotation_grace_ms, retention_ms, page_size_max } = settings;
  const checked = new CheckedClock(clock);
  const store = await createStore(url, { retention_ms, clock: checked });
  const own = { limit, touch_interval_ms, rotation_grace_ms, retention_ms, page_size_max };
  const lookup = isSharedStore(url) ? new NearSessions(store, NEAR_BOUNDS) : directLookup(store);
  const sessions = new Sessions(store, checked, own, () => {}, lookup);
  const log = createLogger('silent');
  await store.open();
  await new ClockWatch(checked, store, log).start();
  const server = new HttpServer({
    sessions,
    clock: checked,
    log,
    info: { name: 'sessions', version: '0', description: 'a node of a history', properties: {}, components: [] },
    authenticator: new Authenticator({ keys: null, clock: checked, log }),
    v1: { base: '/v1/sessions', needs_key: true, swagger: false },
    v2: { value_limit: 65_536 },
    body_limit: 1_048_576,
    cors_origins: [],
    allowed_hosts: [],
  });
  const address = await server.listen('127.0.0.1', 0);
  const watched = listenToStore(`node ${number}`, sessions, note);
  listenToStream(`node ${number} /v2/changes`, address, note);
  const caller = createCachedSessionsClient({ url: address, retries: 0 });
  const node: Node = { sessions, caller, clock };
  setInterval(watched.complete, WATERMARK_INTERVAL_MS);
  setInterval(report, REPORT_INTERVAL_MS);
  process.on('message', (message: ToNode) => {
    take(message, node);
  });
}

async function take(message: ToNode, node: Node): Promise<void> {
  switch (message.type) {
    case 'calls':
      for (const call of message.calls) perform(node, call).then(note);
      return;
    case 'clock':
      return clock.set(message.clock);
    case 'rest':
      await node.sessions.settled();
      clock.rest();
      return send({ type: 'resting' });
    case 'stop':
      return process.exit();
  }
}

/** All events of one turn of the event loop are reported together. */
function note(event: NodeEvent): void {
  events.push(event);
  if (isReporting) return;
  isReporting = true;
  setImmediate(report);
}

function report(): void {
  isReporting = false;
  const reported = events;
  events = [];
  send({ type: 'events', events: reported, until: monotonicMicros() });
}

function send(message: FromNode): void {
  if (process.connected) process.send?.(message);
}
