import { Descriptor } from 'pip-services3-commons-nodex';
import type { ComponentFactory } from '../factory.ts';
import { HttpEndpoint } from '../http-endpoint.ts';
import { ConsoleLogger } from './console-logger.ts';
import { ContextInfo } from './context-info.ts';

/**
 * Replaces a standard component that the service does not need, so that existing configurations still work:
 * `/heartbeat`, `/status` and `/swagger` are part of the HTTP service; counters and traces are not supported.
 */
class BuiltIn {}

const STANDARD: readonly (readonly [type: string, kind: string, create: () => object])[] = [
  ['context-info', 'default', () => new ContextInfo()],
  ['logger', 'console', () => new ConsoleLogger()],
  ['logger', 'null', () => new BuiltIn()],
  ['counters', 'log', () => new BuiltIn()],
  ['counters', 'null', () => new BuiltIn()],
  ['tracer', 'log', () => new BuiltIn()],
  ['tracer', 'null', () => new BuiltIn()],
  ['endpoint', 'http', () => new HttpEndpoint()],
  ['heartbeat-service', 'http', () => new BuiltIn()],
  ['status-service', 'http', () => new BuiltIn()],
  ['swagger-service', 'http', () => new BuiltIn()],
];

/** Creates the toolkit's standard components that the configuration of a sessions process usually lists. */
export class StandardFactory implements ComponentFactory {
  readonly #entries = STANDARD.map(([type, kind, create]) => ({
    descriptor: new Descriptor('pip-services', type, kind, '*', '1.0'),
    create,
  }));

  canCreate(locator: unknown): Descriptor | null {
    return this.#find(locator)?.descriptor ?? null;
  }

  create(locator: unknown): object | null {
    return this.#find(locator)?.create() ?? null;
  }

  #find(locator: unknown) {
    return this.#entries.find(({ descriptor }) => descriptor.equals(locator));
  }
}
