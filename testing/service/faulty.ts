import { createServer } from 'node:http';
import { createLogger } from '../../packages/service/src/observability/log.ts';
import { watchProcessFaults } from '../../packages/service/src/process/faults.ts';

/** A server with uncaught faults: `/reject` causes an unhandled rejection, `/throw` an uncaught exception. */
const log = createLogger('info');
const server = createServer((request, response) => {
  if (request.url === '/reject') void Promise.reject(new Error('rejected'));
  if (request.url === '/throw') {
    setImmediate(() => {
      throw new Error('thrown');
    });
  }
  request.resume().on('end', () => response.end());
});
watchProcessFaults(log, (end) => server.close(end));
server.listen(0, '127.0.0.1', () =>
  log.info({ url: `http://127.0.0.1:${Object(server.address()).port}`, msg: 'started' }),
);
