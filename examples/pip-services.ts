/** Pip.Services components without a container: a service and its client in one process. */
import { SessionsHttpClientV1 } from '@pip-sessions/pip-client';
import { SessionsController, SessionsHttpServiceV1, SessionsMemoryPersistence } from '@pip-sessions/pip-service';
import { ConfigParams, Descriptor, References } from 'pip-services3-commons-nodex';

const httpConfig = ConfigParams.fromTuples(
  'connection.protocol',
  'http',
  'connection.host',
  'localhost',
  'connection.port',
  process.env.PORT ?? 8080,
);

const persistence = new SessionsMemoryPersistence();
const controller = new SessionsController();
const service = new SessionsHttpServiceV1();
service.configure(httpConfig);

const references = References.fromTuples(
  new Descriptor('pip-services-sessions', 'persistence', 'memory', 'default', '1.0'),
  persistence,
  new Descriptor('pip-services-sessions', 'controller', 'default', 'default', '1.0'),
  controller,
  new Descriptor('pip-services-sessions', 'service', 'http', 'default', '1.0'),
  service,
);
controller.setReferences(references);
service.setReferences(references);

await persistence.open(null);
await service.open(null);

const client = new SessionsHttpClientV1();
// With port 0 the service has chosen a free port.
httpConfig.setAsObject('connection.port', service.port);
client.configure(httpConfig);
await client.open(null);

const session1 = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
console.log('Opened', session1);

const session2 = await client.getSessionById(null, session1.id);
console.log('Read', session2);

await client.close(null);
await service.close(null);
await persistence.close(null);
