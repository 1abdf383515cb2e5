import { Closer, Descriptor, Opener, Referencer, References } from 'pip-services3-commons-nodex';
import { badSetting } from '../exceptions.ts';
import type { ComponentFactory } from '../factory.ts';
import type { ComponentConfig } from './container-config.ts';
import { ContextInfo } from './context-info.ts';
import { unknownSettings } from './known-settings.ts';

const CONTEXT_INFO = new Descriptor('pip-services', 'context-info', 'default', 'default', '1.0');

/** The components of a process: created by factories, wired to each other, opened in order, closed in reverse order. */
export class Container {
  readonly references: References;
  readonly #opened: object[] = [];

  private constructor(references: References) {
    this.references = references;
  }

  /**
   * Creates, configures and wires the components. Throws a ConfigException that names the descriptor without a factory,
   * or the misspelt setting. This service does not support gRPC: such components are skipped with a warning.
   */
  static create(
    components: readonly ComponentConfig[],
    factories: readonly ComponentFactory[],
    warn: (message: string) => void,
  ): Container {
    const references = new References();
    if (!components.some(({ descriptor }) => descriptor.match(CONTEXT_INFO))) {
      references.put(CONTEXT_INFO, new ContextInfo());
    }
    for (const { descriptor, config } of components) {
      if (isGrpc(descriptor)) {
        warn(`${descriptor} is ignored: this service does not support gRPC.`);
        continue;
      }
      const component = createOne(descriptor, factories);
      references.put(descriptor, component);
      if (!isConfigurable(component)) continue;
      const unknown = unknownSettings(component, config);
      if (unknown.length > 0) warn(`${descriptor} has unknown settings, which are ignored: ${unknown.join(', ')}.`);
      component.configure(config);
    }
    Referencer.setReferences(references, references.getAll());
    return new Container(references);
  }

  /** Opens the components. If one cannot be opened, the ones before it are closed again. */
  async open(correlationId: string): Promise<void> {
    try {
      for (const component of this.references.getAll()) {
        await Opener.openOne(correlationId, component);
        this.#opened.push(component);
      }
    } catch (error) {
      await this.close(correlationId);
      throw error;
    }
  }

  /** Closes all components, also if one of them fails. Rejects with the first error. */
  async close(correlationId: string): Promise<void> {
    const failures: unknown[] = [];
    for (let component = this.#opened.pop(); component; component = this.#opened.pop()) {
      await Closer.closeOne(correlationId, component).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

function createOne(descriptor: Descriptor, factories: readonly ComponentFactory[]): object {
  const factory = factories.find((candidate) => candidate.canCreate(descriptor));
  const component = factory?.create(descriptor);
  if (typeof component === 'object' && component !== null) return component;
  throw badSetting('descriptor', `No factory can create ${descriptor}. Correct the descriptor, or add its factory.`);
}

function isGrpc(descriptor: Descriptor): boolean {
  return descriptor.getKind() === 'grpc' || descriptor.getKind() === 'commandable-grpc';
}

function isConfigurable(component: object): component is { configure(config: unknown): void } {
  return 'configure' in component && typeof component.configure === 'function';
}
