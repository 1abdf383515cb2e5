import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { newApiKey } from '../packages/service/src/http/authentication/api-keys.ts';
import type { Opened } from './overload/attackers.ts';
import { Callers, type Figures } from './overload/callers.ts';
import { SHAPES, type Target } from './overload/shapes.ts';
import { Process, stopProcesses } from './processes.ts';
import { ServiceProcess, SOURCES } from './service-process.ts';

/**
 * Starts a service and attacks it in eight ways at once, over loopback, while valid callers at another address send requests.
 * Exits with 1 if the service does not serve these callers as promised.
 */
const PROMISED_P999_MS = 250;
const START_TIMEOUT_MS = 30_000;
const CALM_SECONDS = 3;
const MEMORY_INTERVAL_MS = 200;
const KIB_PER_MIB = 1024;

const USAGE = `Usage: npm run bench:overload -- [options]

  --seconds <s>     length of each attack, once over HTTP and once over HTTPS (default 60)
  --shapes <a,b>    of ${SHAPES.map(({ name }) => name).join(', ')} (default all)
  --protocols <a,b> of http, https (default both)
`;

interface Outcome {
  readonly calm: Figures;
  readonly attacked: Figures;
  readonly memory_mib: number;
  readonly logged_bytes: number;
  readonly opened: Readonly<Record<string, number>>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      shapes: { type: 'string', default: SHAPES.map(({ name }) => name).join(',') },
      protocols: { type: 'string', default: 'http,https' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= 3_600)) throw new Error('--seconds must be a number from 1 to 3600');
  const shapes = values.shapes.split(',').map((name) => name.trim());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  for (const protocol of values.protocols.split(',')) {
    const outcome = await attack(protocol === 'https', seconds, shapes);
    report(protocol, outcome);
    if (outcome.attacked.errors > 0 || outcome.attacked.p999_ms >= PROMISED_P999_MS) process.exitCode = 1;
  }
}

async function attack(tls: boolean, seconds: number, shapes: readonly string[]): Promise<Outcome> {
  const keys = { caller: newApiKey('caller', 'write'), stolen: newApiKey('stolen', 'write') };
  const validate = newApiKey('stolen-validate', 'validate');
  const service = await ServiceProcess.start('memory:', SOURCES, {
    SESSIONS_API_KEYS: [keys.caller, keys.stolen, validate].map(({ configured }) => configured).join(','),
    ...(tls && { SESSIONS_TLS_KEY: pem('key'), SESSIONS_TLS_CERT: pem('crt') }),
  });
  try {
    const calm = await new Callers(service.url, keys.caller.key).call(CALM_SECONDS);
    const attackers = Process.start('the attackers', new URL('overload/attackers.ts', import.meta.url));
    const target: Target = {
      host: '127.0.0.1',
      port: service.port,
      tls,
      validate_key: validate.key,
      write_key: keys.stolen.key,
    };
    await attackers.ask({ target, shapes }, START_TIMEOUT_MS);
    let memory_mib = 0;
    const memory = setInterval(() => {
      memory_mib = Math.max(memory_mib, memoryOf(service.pid));
    }, MEMORY_INTERVAL_MS);
    const attacked = await new Callers(service.url, keys.caller.key).call(seconds);
    clearInterval(memory);
    const { opened } = await attackers.ask<Opened>({ count: true }, START_TIMEOUT_MS);
    return { calm, attacked, memory_mib, logged_bytes: service.logged_bytes, opened };
  } finally {
    await stopProcesses();
    await service.kill();
  }
}

function pem(name: 'key' | 'crt'): string {
  return fileURLToPath(new URL(`../testing/certificates/localhost.${name}.pem`, import.meta.url));
}

/** Resident memory of a process; 0 without `/proc`. */
function memoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / KIB_PER_MIB;
  } catch {
    return 0;
  }
}

function report(protocol: string, { calm, attacked, memory_mib, logged_bytes, opened }: Outcome): void {
  const lines = [
    `${protocol}: ${Math.round(memory_mib)} MiB of memory at most, ${Math.round(logged_bytes / 1024)} KiB of log`,
    `  before    ${figuresText(calm)}`,
    `  attacked  ${figuresText(attacked)}`,
    ...(attacked.error === null ? [] : [`  first error: ${attacked.error}`]),
    ...Object.entries(opened).map(([name, count]) => `  ${name}: ${count} connections`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function figuresText({ answers, errors, p50_ms, p99_ms, p999_ms, max_ms }: Figures): string {
  const latencies = [p50_ms, p99_ms, p999_ms, max_ms].map((latency) => latency.toFixed(1));
  const [p50, p99, p999, max] = latencies;
  return `${answers} answers, ${errors} errors; p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms, max ${max} ms`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
