import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import { JSON_UTF8 } from './media-type.ts';

export interface StatusInfo {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Descriptors of the components in this process. */
  readonly components: readonly string[];
}

/** `GET /heartbeat` and `GET /status` of every Pip.Services microservice (WIRE_V1.md, Standard endpoints). */
export function registerStandard(app: FastifyInstance, clock: Clock, info: StatusInfo): void {
  const started = clock.now();

  app.get('/heartbeat', async (_request, reply) => reply.type(JSON_UTF8).send(`"${iso(clock.now())}"`));

  app.get('/status', async () => {
    const now = clock.now();
    const { name, description, properties, components } = info;
    const times = { start_time: iso(started), current_time: iso(now), uptime: now - started };
    return { id: hostname(), name, description, ...times, properties, components };
  });
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
