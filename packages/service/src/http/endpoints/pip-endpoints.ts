import { hostname } from 'node:os';
import type { Clock } from '../../domain/time/clock.ts';
import { type Endpoints, jsonContent } from './endpoints.ts';

export interface StatusInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Descriptors of the components in this process. */
  readonly components: readonly string[];
}

/** `GET /heartbeat` and `GET /status` of every Pip.Services microservice (WIRE_V1.md, Standard endpoints). */
export function standardEndpoints(clock: Clock, info: StatusInfo): Endpoints {
  const started = clock.now();
  return {
    '/heartbeat': () => jsonContent(`"${iso(clock.now())}"`),
    '/status': () => {
      const now = clock.now();
      const { name, version, description, properties, components } = info;
      const times = { start_time: iso(started), current_time: iso(now), uptime: now - started };
      return jsonContent(
        JSON.stringify({ id: hostname(), name, version, description, ...times, properties, components }),
      );
    },
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
