import { SessionsError } from '../domain/errors.ts';

/** Collects the problems of all settings, so that one start reports all of them. */
export class ConfigProblems {
  readonly #errors: SessionsError[] = [];

  /** Returns the result of `work`; undefined if it throws `INVALID_CONFIG`. */
  try<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SessionsError && error.code === 'INVALID_CONFIG')) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** Throws `INVALID_CONFIG` with a line for each problem. */
  throwIfAny(): void {
    const [first, ...others] = this.#errors;
    if (!first) return;
    if (others.length === 0) throw first;
    const lines = this.#errors.map(({ message }) => `  ${message}`);
    const settings = this.#errors.map(({ details }) => details?.setting);
    throw new SessionsError('INVALID_CONFIG', `${lines.length} settings are wrong:\n${lines.join('\n')}`, {
      details: { setting: first.details?.setting, settings },
    });
  }
}
