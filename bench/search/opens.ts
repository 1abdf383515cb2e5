/**
 * Compares two versions of the service: opens, gets and validations of each, in turns.
 * `node bench/search/opens.ts --stores <url before>,<url after> --mains <main.ts before>,<main.ts after> [--rounds 8] [--seconds 2]`
 */
import { parseArgs } from 'node:util';
import { Connection } from '../load/connection.ts';
import { cpuTimeUs } from '../load/cpu-time.ts';
import { requestBytes } from '../load/request.ts';
import { percentile } from '../near/figures.ts';
import { ServiceProcess } from '../service-process.ts';
import { sessionOf } from './sessions.ts';

const { values } = parseArgs({
  options: {
    stores: { type: 'string', default: '' },
    mains: { type: 'string', default: '' },
    rounds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    kinds: { type: 'string', default: 'open,get,validate' },
  },
});
const PREPARED = 20_000;
const rounds = Number(values.rounds);

interface Slice {
  readonly a_second: number;
  readonly cpu_us: number;
}

async function slice({ port, pid }: ServiceProcess, requests: readonly Buffer[]): Promise<Slice> {
  let sent = Math.floor(Math.random() * requests.length);
  let done = 0;
  const cpu = cpuTimeUs(pid) ?? Number.NaN;
  const began = performance.now();
  const until = began + Number(values.seconds) * 1_000;
  const callers = Array.from({ length: Number(values.connections) }, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const send = () => connection.send(requests[sent++ % requests.length] ?? Buffer.alloc(0));
    const connection = await Connection.open(port, {
      answered: ({ status, body }) => {
        if (status >= 300) reject(new Error(`the service responded with ${status}: ${body}`));
        done += 1;
        if (performance.now() > until) resolve();
        else send();
      },
      broken: (reason) => reject(new Error(reason)),
    });
    send();
    await promise.finally(() => connection.close());
  });
  await Promise.all(callers);
  const seconds = (performance.now() - began) / 1_000;
  return { a_second: done / seconds, cpu_us: ((cpuTimeUs(pid) ?? Number.NaN) - cpu) / done };
}

function openRequests(port: number): Buffer[] {
  return Array.from({ length: PREPARED }, (_, n) => {
    const { user_id, user_name, address, client } = sessionOf(n * 487, 10_000_000, Date.now());
    return requestBytes(port, '/v2/sessions', { user_id, user_name, address, client, data: { cart: [1, 2, 3] } });
  });
}

async function tokensOf(service: ServiceProcess) {
  const opened = async (n: number) => {
    const body = JSON.stringify({ user_id: `own-${n}`, user_name: 'A', address: '10.0.0.1', client: 'bench' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.url}/v2/sessions`, { method: 'POST', body, headers });
    return (await response.json()) as { readonly token: string; readonly session: { readonly id: string } };
  };
  return Promise.all(Array.from({ length: 500 }, (_, n) => opened(n)));
}

const stores = values.stores.split(',');
const mains = values.mains.split(',');
const services = await Promise.all(stores.map((store, at) => ServiceProcess.start(store, mains[at])));
const requests = await Promise.all(
  services.map(async (service) => {
    const tokens = await tokensOf(service);
    const { port } = service;
    return {
      open: openRequests(port),
      get: tokens.map(({ session }) =>
        Buffer.from(`GET /v2/sessions/${session.id} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`),
      ),
      validate: tokens.map(({ token }) => requestBytes(port, '/v2/sessions/validate', { token })),
    };
  }),
);
try {
  for (const kind of values.kinds.split(',') as ('open' | 'get' | 'validate')[]) {
    const ratios: number[] = [];
    const cpuRatios: number[] = [];
    const all: Slice[][] = [[], []];
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const both: Slice[] = [];
      for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const service = services[at];
        if (service) both[at] = await slice(service, requests[at]?.[kind] ?? []);
      }
      const [before, after] = both;
      if (round === 0 || !before || !after) continue;
      ratios.push(after.a_second / before.a_second);
      cpuRatios.push(before.cpu_us / after.cpu_us);
      all[0]?.push(before);
      all[1]?.push(after);
    }
    const median = (some: readonly number[]) => percentile(some, 0.5);
    const [before, after] = all.map(
      (some) =>
        `${Math.round(median(some.map((one) => one.a_second)))}/s ${median(some.map((one) => one.cpu_us)).toFixed(1)} µs`,
    );
    const shown = (some: readonly number[]) =>
      `${median(some).toFixed(3)} (${Math.min(...some).toFixed(2)} … ${Math.max(...some).toFixed(2)})`;
    console.log(
      `${kind}: before ${before}, after ${after}; ratio by requests/s ${shown(ratios)}, by CPU ${shown(cpuRatios)}`,
    );
  }
} finally {
  for (const service of services) await service.kill();
}
