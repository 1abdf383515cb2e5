/**
 * Records the responses of the original service to `original-scenarios.ts`, for the replay tests of this service:
 *
 *     npm run record
 *
 * Another recording gives the same file. Values that differ from run to run, such as ids, times and stack traces, become
 * `$session_1`, `$time`, `$stack`, ...
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { SCENARIOS, type Scenario, type Step } from './original-scenarios.ts';

const ROOT = join(import.meta.dirname, '..');
const ORIGINAL = join(ROOT, 'bench/original');
const NODE_20 = join(ORIGINAL, 'node_modules/.bin/node');
const FIXTURE = join(ROOT, 'packages/service/src/http/v1/fixtures/original.json');

const INSTALL_TIMEOUT_MS = 600_000;
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5000;

interface Recording {
  readonly name: string;
  readonly empty_store?: true;
  readonly steps: readonly RecordedStep[];
}

interface RecordedStep {
  readonly name: string;
  readonly request: Omit<Step, 'name' | 'answer_headers'>;
  readonly response: RecordedResponse;
}

interface RecordedResponse {
  readonly status: number;
  readonly content_type: string | null;
  /** The headers of `Step.answer_headers` that the response has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parsed JSON; a string if the body is not JSON; null if it is empty. */
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

async function record(): Promise<void> {
  requireUniqueNames(SCENARIOS);
  for (const { steps } of SCENARIOS) requireUniqueNames(steps);
  if (!existsSync(NODE_20)) install();
  const server = spawn(NODE_20, ['server.cjs', '0'], {
    cwd: ORIGINAL,
    // A time without a zone is read in the zone of the process.
    env: { ...environment(), TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await listening(server);
    const recordings: Recording[] = [];
    for (const scenario of SCENARIOS) recordings.push(await play(port, scenario));
    mkdirSync(dirname(FIXTURE), { recursive: true });
    writeFileSync(FIXTURE, fixtureText(recordings));
  } finally {
    server.kill();
  }
}

/** The replay tests refer to responses by these names. */
function requireUniqueNames(named: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw new Error(`two scenarios, or two steps of a scenario, have the name ${name}`);
    names.add(name);
  }
}

function install(): void {
  const options = { cwd: ORIGINAL, env: environment(), timeout: INSTALL_TIMEOUT_MS };
  execFileSync('npm', ['ci'], { ...options, stdio: 'inherit', shell: process.platform === 'win32' });
}

/** The environment without the variables that `npm run` adds: its prefix and Node options are for this workspace. */
function environment(): NodeJS.ProcessEnv {
  const added = /^(npm_.*|NODE_OPTIONS)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}

/** The port that the server prints once it listens. */
async function listening(server: ChildProcess): Promise<number> {
  if (!server.stdout) throw new Error('the server has no stdout');
  const exited = once(server, 'exit').then(([code]) => {
    throw new Error(`the original service ended with ${code} before it listened`);
  });
  const printed = once(createInterface(server.stdout), 'line', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  const [line] = await Promise.race([printed, exited]);
  const { port }: { port: number } = JSON.parse(String(line));
  exited.catch(() => {});
  return port;
}

/** Plays a scenario on an empty store, and empties the store again. */
async function play(port: number, { name, empty_store, steps }: Scenario): Promise<Recording> {
  const sessionIds: string[] = [];
  const startedAt = Date.now();
  const recorded: RecordedStep[] = [];
  for (const { name, answer_headers, ...request } of steps) {
    const answer = await send(port, withIds(request, sessionIds));
    const body = bodyOf(answer);
    if (request.path.includes('/open_session')) sessionIds.push(...idOf(body));
    const normalise = (value: unknown) => withoutChance(value, sessionIds, startedAt);
    recorded.push({ name, request, response: recordedResponse(answer, normalise(body), answer_headers) });
  }
  for (const id of sessionIds) await send(port, deleteRequest(id));
  return { name, ...(empty_store && { empty_store }), steps: recorded };
}

type Request = RecordedStep['request'];

function withIds(request: Request, sessionIds: readonly string[]): Request {
  const body = request.body?.replace(/\$session_(\d+)/g, (_, number) => {
    const id = sessionIds[Number(number) - 1];
    if (id === undefined) throw new Error(`session ${number} was not opened before ${request.body}`);
    return id;
  });
  return { ...request, body: body ?? null };
}

function deleteRequest(session_id: string): Request {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/v1/sessions/delete_session_by_id', headers, body: JSON.stringify({ session_id }) };
}

async function send(port: number, { method, path, headers, body }: Request): Promise<Answer> {
  const sent: Record<string, string> = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  for (const [name, value] of Object.entries(headers)) sent[name] = headerValue(value, body);
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false });
  outgoing.setTimeout(ANSWER_TIMEOUT_MS, () => outgoing.destroy(new Error(`no response to ${method} ${path}`)));
  outgoing.end(body ?? undefined);
  const [incoming] = await once(outgoing, 'response');
  const bytes = await buffer(incoming);
  const text = incoming.headers['content-encoding'] === 'gzip' && bytes.length > 0 ? gunzipSync(bytes) : bytes;
  return { status: incoming.statusCode, headers: incoming.headers, text: text.toString('utf8') };
}

function headerValue(value: string, body: string | null): string {
  switch (value) {
    case '$date':
      return new Date().toUTCString();
    case '$md5':
      return createHash('md5')
        .update(body ?? '')
        .digest('base64');
    default:
      return value;
  }
}

function bodyOf({ headers, text }: Answer): unknown {
  if (text === '') return null;
  return String(headers['content-type']).startsWith('application/json') ? JSON.parse(text) : text;
}

function idOf(body: unknown): string[] {
  return typeof body === 'object' && body !== null && 'id' in body ? [String(body.id)] : [];
}

function recordedResponse(answer: Answer, body: unknown, names: readonly string[] = []): RecordedResponse {
  const headers = Object.fromEntries(
    names.flatMap((name) => (answer.headers[name] === undefined ? [] : [[name, String(answer.headers[name])]])),
  );
  return {
    status: answer.status,
    content_type: answer.headers['content-type'] === undefined ? null : String(answer.headers['content-type']),
    ...(names.length > 0 && { headers }),
    body,
  };
}

/** Replaces values that differ from one recording to the next by names. */
function withoutChance(value: unknown, sessionIds: readonly string[], startedAt: number): unknown {
  if (typeof value === 'string') return withoutChanceText(value, sessionIds, startedAt);
  if (Array.isArray(value)) return value.map((item) => withoutChance(item, sessionIds, startedAt));
  if (typeof value !== 'object' || value === null) return value;
  // In a response of /status, the id is the host's name.
  const named = 'uptime' in value ? { id: '$host', uptime: '$uptime' } : 'stack' in value ? { stack: '$stack' } : {};
  const members = Object.entries({ ...value, ...named });
  return Object.fromEntries(members.map(([name, member]) => [name, withoutChance(member, sessionIds, startedAt)]));
}

function withoutChanceText(text: string, sessionIds: readonly string[], startedAt: number): string {
  const index = sessionIds.indexOf(text);
  if (index >= 0) return `$session_${index + 1}`;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return text;
  // A time that a request contains is older than an hour, and stays.
  return Math.abs(Date.parse(text) - startedAt) < 3_600_000 ? '$time' : text;
}

/** One line per request and response, so that a difference shows as one line. */
function fixtureText(recordings: readonly Recording[]): string {
  const scenarios = recordings.map(({ steps, ...scenario }) => {
    const head = Object.entries(scenario).map(
      ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
    );
    return `    {\n      ${head.join('      ')}      "steps": [\n${steps.map(stepText).join(',\n')}\n      ]\n    }`;
  });
  return `{\n  "recorded_from": ${JSON.stringify(recordedFrom())},\n  "scenarios": [\n${scenarios.join(',\n')}\n  ]\n}\n`;
}

function stepText(step: RecordedStep): string {
  const members = Object.entries(step).map(
    ([name, value]) => `          ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `        {\n${members.join(',\n')}\n        }`;
}

function recordedFrom(): string {
  const manifest = readFileSync(join(ORIGINAL, 'node_modules/service-sessions-node/package.json'), 'utf8');
  const { name, version }: { name: string; version: string } = JSON.parse(manifest);
  const node = execFileSync(NODE_20, ['--version'], { encoding: 'utf8', env: environment() });
  return `${name} ${version}, Node ${node.trim().slice(1)}`;
}

await record();
