/**
 * Compares validations of many tokens per request with single ones, and with pipelined GETs of values of the same size
 * from Redis.
 * `npm run bench:many -- [--rounds 7] [--seconds 2] [--tokens 64]`
 */
import { parseArgs } from 'node:util';
import { createClient } from '@redis/client';
import { RedisServer } from '../testing/servers/redis-server.ts';
import { startContender } from './contenders/contender.ts';
import { Connection } from './load/connection.ts';
import { cpuTimeUs } from './load/cpu-time.ts';
import { requestBytes } from './load/request.ts';
import { figure, inWords } from './near/figures.ts';
import { temporaryFolder } from './near/test-bed.ts';
import { stopProcesses } from './processes.ts';
import { spread } from './report/spread.ts';

const SESSIONS = 10_000;
const SINGLES_IN_FLIGHT = 64;
const LISTS_IN_FLIGHT = 8;
/** Requests that are ready to be sent. */
const PREPARED = 500;

interface Slice {
  readonly a_second: number;
  /** CPU time of the server and of this process, which sends the requests, per session. */
  readonly server_us: number;
  readonly caller_us: number;
}

interface Contender {
  readonly name: string;
  readonly pid: number;
  /** Sends requests until `isOver` returns true. Returns the number of sessions in the responses. */
  readonly run: (isOver: () => boolean) => Promise<number>;
}

/** Each connection sends its next request after the last response. Each request is for `count` sessions. */
async function callService(
  port: number,
  requests: readonly Buffer[],
  count: number,
  connections: number,
  isOver: () => boolean,
): Promise<number> {
  let sessions = 0;
  let sent = 0;
  const callers = Array.from({ length: connections }, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const send = () => connection.send(requests[sent++ % requests.length] ?? Buffer.alloc(0));
    const connection = await Connection.open(port, {
      answered: ({ status, body }) => {
        if (status !== 200) reject(new Error(`the service responded with ${status}: ${body}`));
        sessions += count;
        if (isOver()) resolve();
        else send();
      },
      broken: (reason) => reject(new Error(reason)),
    });
    send();
    await promise.finally(() => connection.close());
  });
  await Promise.all(callers);
  return sessions;
}

async function measure({ pid, run }: Contender, seconds: number): Promise<Slice> {
  const server = cpuTimeUs(pid) ?? Number.NaN;
  const caller = process.cpuUsage();
  const began = performance.now();
  const sessions = await run(() => performance.now() - began >= seconds * 1_000);
  const elapsed_s = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(caller);
  return {
    a_second: sessions / elapsed_s,
    server_us: ((cpuTimeUs(pid) ?? Number.NaN) - server) / sessions,
    caller_us: (user + system) / sessions,
  };
}

/** A Redis server with values of this size, which a caller gets in pipelines. */
async function startRedis(value: string, pipelined: number) {
  const server = await RedisServer.start();
  const client = createClient({ url: server.url, RESP: 2 });
  client.on('error', () => {});
  await client.connect();
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  const keys = Array.from({ length: SESSIONS }, (_, n) => `pip:session:${String(n).padStart(36, '0')}`);
  await Promise.all(keys.map((key) => client.set(key, value)));
  const caller = async (first: number, isOver: () => boolean) => {
    let sessions = 0;
    for (let at = first; !isOver(); at += pipelined) {
      const values = await Promise.all(
        Array.from({ length: pipelined }, (_, n) => client.get(keys[(at + n) % SESSIONS] ?? '')),
      );
      sessions += values.filter((text) => text?.length === value.length).length;
    }
    return sessions;
  };
  const run = async (isOver: () => boolean) => {
    const callers = Array.from({ length: LISTS_IN_FLIGHT }, (_, n) => caller(n * pipelined, isOver));
    return (await Promise.all(callers)).reduce((sum, sessions) => sum + sessions, 0);
  };
  const stop = async () => {
    client.destroy();
    await server.remove();
  };
  return { pid, run, stop };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '2' },
      tokens: { type: 'string', default: '64' },
    },
  });
  const [rounds, seconds, count] = [Number(values.rounds), Number(values.seconds), Number(values.tokens)];
  const { folder, remove } = temporaryFolder();
  const service = await startContender('service-sqlite', SESSIONS, folder, true);
  const { pid, port, tokens } = service.ready;
  const from = (first: number, length: number) =>
    Array.from({ length }, (_, n) => tokens[(first + n) % tokens.length] ?? '');
  const singles = from(0, PREPARED).map((token) => requestBytes(port, '/v2/sessions/validate', { token }));
  const lists = Array.from({ length: PREPARED }, (_, n) =>
    requestBytes(port, '/v2/sessions/validate-many', { tokens: from(n * count, count) }),
  );
  const response = await fetch(`http://127.0.0.1:${port}/v2/sessions/validate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: tokens[0] }),
  });
  const value = await response.text();
  const redis = await startRedis(value, count);
  try {
    const contenders: readonly Contender[] = [
      { name: 'validate', pid, run: (isOver) => callService(port, singles, 1, SINGLES_IN_FLIGHT, isOver) },
      {
        name: `validate-many, ${count} tokens`,
        pid,
        run: (isOver) => callService(port, lists, count, LISTS_IN_FLIGHT, isOver),
      },
      { name: `Redis, ${count} GETs in a pipeline`, ...redis },
    ];
    const slices = new Map(contenders.map(({ name }) => [name, [] as Slice[]]));
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const slice = await measure(contender, seconds);
        if (round > 0) slices.get(contender.name)?.push(slice);
      }
    }
    console.log(`Sessions of ${value.length} bytes, median of ${rounds} rounds of ${seconds} s:`);
    for (const [name, all] of slices) {
      const of = (key: keyof Slice, digits: number) =>
        figure(
          all.map((slice) => slice[key]),
          digits,
        );
      console.log(
        `  ${name}: ${of('a_second', 0)} a second; CPU per session: server ${of('server_us', 2)} µs, ` +
          `caller ${of('caller_us', 2)} µs`,
      );
    }
    const [one = 0, many = 0, gets = 0] = [...slices.values()].map(
      (all) => 1e6 / (spread(all.map(({ server_us }) => server_us))?.median ?? Number.NaN),
    );
    console.log(
      `Per second of a core of the server: validate ${inWords(one)}, validate-many ${inWords(many)}, Redis ${inWords(gets)}`,
    );
    console.log(`validate-many is ${(many / one).toFixed(1)} times validate, and ${(many / gets).toFixed(2)} of Redis`);
  } finally {
    await redis.stop();
    await service.stop();
    remove();
  }
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  })
  .finally(stopProcesses);
