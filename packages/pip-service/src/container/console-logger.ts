import { createLogger, type Logger, type LogLevel } from '@pip-sessions/service/internal/observability/log';
import type { ConfigParams, IClosable, IConfigurable, IReferences } from 'pip-services3-commons-nodex';
import { findOptional } from '../dependencies.ts';
import { badSetting } from '../exceptions.ts';
import { textSetting } from '../settings.ts';

/** The levels of the service's log for the toolkit's levels, by name and by number. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  none: 'silent',
  nothing: 'silent',
  fatal: 'error',
  error: 'error',
  warn: 'warn',
  warning: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
  0: 'silent',
  1: 'error',
  2: 'error',
  3: 'warn',
  4: 'info',
  5: 'debug',
  6: 'trace',
};

/** The log of the service, on standard output. `level` is a level of the toolkit. */
export class ConsoleLogger implements IConfigurable, IClosable {
  static readonly settings = ['level'];
  readonly log: Logger = createLogger('info');

  configure(config: ConfigParams): void {
    const text = textSetting(config, 'level');
    if (text === null) return;
    const level = LEVELS[text.toLowerCase()];
    if (!level) throw badSetting('level', `level must be one of ${Object.keys(LEVELS).join(', ')}, but is ${text}.`);
    this.log.level = level;
  }

  async close(_correlationId: string | null): Promise<void> {
    this.log.flush();
  }
}

/** The log of components without a wired logger. */
export const SILENT = createLogger('silent', { write() {} });

/** Returns the wired log. Without one, components log nothing, as in the toolkit. */
export function findLog(references: IReferences): Logger {
  const logger = findOptional(references, 'logger');
  return logger instanceof ConsoleLogger ? logger.log : SILENT;
}
