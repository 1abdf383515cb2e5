/**
 * The sessions service as components of the Pip.Services toolkit (`pip-services3-commons-nodex`).
 *
 * ```ts
 * import { ConfigParams, Descriptor, References } from 'pip-services3-commons-nodex';
 * import { SessionsController, SessionsHttpServiceV1, SessionsMemoryPersistence } from '@pip-sessions/pip-service';
 *
 * const persistence = new SessionsMemoryPersistence();
 * const controller = new SessionsController();
 * const service = new SessionsHttpServiceV1();
 * service.configure(ConfigParams.fromTuples('connection.host', 'localhost', 'connection.port', 8080));
 * const references = References.fromTuples(
 *   new Descriptor('pip-services-sessions', 'persistence', 'memory', 'default', '1.0'), persistence,
 *   new Descriptor('pip-services-sessions', 'controller', 'default', 'default', '1.0'), controller,
 * );
 * controller.setReferences(references);
 * service.setReferences(references);
 * await persistence.open(null);
 * await service.open(null);
 * ```
 */
export { SessionsController } from './controller.ts';
export { type ComponentFactory, SessionsServiceFactory } from './factory.ts';
export { SessionsHttpServiceV1 } from './http-service.ts';
export { SessionsFilePersistence } from './persistence/file-persistence.ts';
export { type SeedV1, SessionsMemoryPersistence } from './persistence/memory-persistence.ts';
export type { SessionsPersistence } from './persistence/persistence.ts';
export { SessionsProcess } from './process.ts';
