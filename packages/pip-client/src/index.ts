/**
 * The client of API v1 as components of the Pip.Services toolkit (WIRE_V1.md, Component model). The application must
 * also install `pip-services3-commons-nodex`.
 */
export { SessionsClientFactory } from './sessions-client-factory.ts';
export { SessionsDirectClientV1 } from './sessions-direct-client-v1.ts';
export { SessionsHttpClientV1 } from './sessions-http-client-v1.ts';
export { SessionsMemoryClientV1 } from './sessions-memory-client-v1.ts';
export { SessionsNullClientV1 } from './sessions-null-client-v1.ts';
