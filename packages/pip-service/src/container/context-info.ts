import { VERSION } from '@pip-sessions/service/internal/process/version';
import type { ConfigParams, IConfigurable } from 'pip-services3-commons-nodex';
import { textSetting } from '../settings.ts';

/** The information about the process in `/status`: `name`, `description` and `properties`. */
export class ContextInfo implements IConfigurable {
  static readonly settings = ['name', 'description', 'properties.*'];
  #name = 'sessions';
  #description = 'User sessions microservice';
  #properties: Readonly<Record<string, string>> = {};

  get name(): string {
    return this.#name;
  }

  /** The version of the service. */
  get version(): string {
    return VERSION;
  }

  get description(): string {
    return this.#description;
  }

  get properties(): Readonly<Record<string, string>> {
    return this.#properties;
  }

  configure(config: ConfigParams): void {
    this.#name = textSetting(config, 'name') ?? this.#name;
    this.#description = textSetting(config, 'description') ?? this.#description;
    const section = config.getSection('properties');
    this.#properties = Object.fromEntries(section.getKeys().map((key) => [key, section.getAsString(key)]));
  }
}
