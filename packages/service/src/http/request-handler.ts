import type { IncomingMessage, ServerResponse } from 'node:http';

/** Takes a request that is its own, and answers it; false leaves the request to others. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;
