/**
 * Runs the Pip.Services original as its own container with its own configuration: memory store, controller, HTTP service with
 * heartbeat, status and swagger. Only the console logger and the log counters are left out, because stdout has the line below,
 * and a benchmark should not measure log lines. Null counters cannot replace them: with these, every error response is
 * "callback.endTiming is not a function".
 *
 *     node_modules/.bin/node server.cjs <port, 0 for a free one> [number of sessions to open first]
 *
 * Prints one line when it listens: {"port": 40123, "session_ids": ["...", at most 1000]}.
 */
// Suppresses deprecation warnings of the libraries.
process.noDeprecation = true;
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';

const { createServer } = require('node:net');
const { ConfigParams, Descriptor } = require('pip-services3-commons-nodex');
const { SessionsProcess } = require('service-sessions-node');

const PRINTED_IDS_MAX = 1000;

async function main([port = '0', sessionCount = '0']) {
  // The original treats port 0 as a missing port.
  const container = await openContainer(Number(port) || (await freePort()));
  const controller = container._references.getOneRequired(
    new Descriptor('service-sessions', 'controller', '*', '*', '*'),
  );
  const sessionIds = await openSessions(controller, Number(sessionCount));
  const endpoint = container._references.getOneRequired(new Descriptor('pip-services', 'endpoint', '*', '*', '*'));
  const listening = { port: endpoint.getServer().address().port, session_ids: sessionIds };
  process.stdout.write(`${JSON.stringify(listening)}\n`);
}

/** The same as config/config.yml of service-sessions-node with MEMORY_ENABLED and HTTP_ENABLED. */
async function openContainer(port) {
  const components = [
    {
      descriptor: 'pip-services:context-info:default:default:1.0',
      name: 'service-sessions',
      description: 'Sessions microservice for pip-services',
    },
    { descriptor: 'pip-services:logger:null:default:1.0' },
    { descriptor: 'service-sessions:persistence:memory:default:1.0' },
    { descriptor: 'service-sessions:controller:default:default:1.0' },
    { descriptor: 'pip-services:endpoint:http:default:1.0', connection: { protocol: 'http', host: '127.0.0.1', port } },
    { descriptor: 'service-sessions:service:commandable-http:default:1.0', swagger: { enable: true, auto: true } },
    { descriptor: 'pip-services:heartbeat-service:http:default:1.0' },
    { descriptor: 'pip-services:status-service:http:default:1.0' },
    { descriptor: 'pip-services:swagger-service:http:default:1.0' },
  ];
  const container = new SessionsProcess();
  container.configure(ConfigParams.fromValue({ ...components }));
  await container.open(null);
  return container;
}

/** Opens sessions directly, in order, without HTTP requests. Returns the ids of the first ones. */
async function openSessions(controller, count) {
  const ids = [];
  for (let index = 0; index < count; index += 1) {
    const user = { roles: ['a'] };
    const data = { cart: [1, 2, 3] };
    const session = await controller.openSession(
      null,
      `user-${index % Math.ceil(count / 10)}`,
      'User',
      '127.0.0.1',
      'bench',
      user,
      data,
    );
    if (ids.length < PRINTED_IDS_MAX) ids.push(session.id);
  }
  return ids;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
