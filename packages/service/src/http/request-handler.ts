import type { IncomingMessage, ServerResponse } from 'node:http';

/** Handles a request and returns true, or returns false to leave it to the next handler. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;
