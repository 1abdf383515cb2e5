import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createLogger } from '../../packages/service/src/observability/log.ts';
import { SECOND_SIGNAL_MS_MIN, StopSignals } from '../../packages/service/src/process/stop-signals.ts';
import { Workers } from '../../packages/service/src/process/workers.ts';

/**
 * A primary with two workers, without the rest of the service. A worker responds with its pid. It responds to `/held`
 * only when it receives SIGTERM.
 *
 * Arguments: a path, workers exit at once if this file exists; the timeout of the shutdown in milliseconds; `stubborn`,
 * if workers must ignore SIGTERM. The clock moves a second between two signals.
 */
const [, , broken = '', timeout = '10000', manner = ''] = process.argv;

if (cluster.isPrimary) {
  const log = createLogger('info');
  const exit = (code: number) => process.exit(code);
  const workers = new Workers({ count: 2, log, shutdown_timeout_ms: Number(timeout), exit });
  let now = 0;
  const time = () => {
    now += SECOND_SIGNAL_MS_MIN;
    return now;
  };
  new StopSignals({ stop: (signal) => workers.stop(signal), stopNow: () => workers.stopNow() }, time).listen();
  workers.start();
} else {
  if (existsSync(broken)) process.exit(3);
  serve();
}

function serve(): void {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    response.writeHead(200).flushHeaders();
    if (request.url === '/held') held.push(response);
    else response.end(String(process.pid));
  });
  process.on('SIGTERM', () => {
    if (manner === 'stubborn') return;
    for (const response of held) response.end(String(process.pid));
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ msg: 'listening', pid: process.pid, ...Object(server.address()) })}\n`);
  });
}
