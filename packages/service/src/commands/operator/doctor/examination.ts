import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../command-error.ts';
import { FINDING_KINDS, type FindingCode } from './finding-kinds.ts';
import type { Severity } from './kinds/finding-kind.ts';

/** Something that is wrong, or that an operator should know. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** A sentence with the value that was found. */
  readonly message: string;
}

/** A check that could not be made. It says nothing about the installation. */
export interface Unchecked {
  readonly check: string;
  readonly reason: string;
}

/** Why a check cannot be made, as a sentence. */
export class CannotCheck extends Error {
  override readonly name = 'CannotCheck';
}

/** Timeout of one check. */
const CHECK_TIMEOUT_MS = 5_000;

/** Makes checks one after the other, each with a timeout, all within a deadline, and gathers their findings. */
export class Examination {
  readonly findings: Finding[] = [];
  readonly unchecked: Unchecked[] = [];
  /** The number of checks that were made. */
  made = 0;
  readonly #end: AbortSignal;

  /** `end` is aborted at the deadline, or by the user. Checks that remain are then reported as not made. */
  constructor(end: AbortSignal) {
    this.#end = end;
  }

  found(code: FindingCode, message: string): void {
    this.findings.push({ code, severity: FINDING_KINDS[code].severity, message });
  }

  /**
   * Makes a check. `work` calls `found` for each finding; it throws if the check cannot be made. Its signal is aborted at
   * the timeout. Resolves to false if the check was not made.
   */
  async check(
    name: string,
    work: (signal: AbortSignal) => void | Promise<void>,
    timeout_ms = CHECK_TIMEOUT_MS,
  ): Promise<boolean> {
    const made = await this.obtain(
      name,
      async (signal) => {
        await work(signal);
        return true;
      },
      timeout_ms,
    );
    return made !== null;
  }

  /** Makes a check that has a result for further checks. Resolves to null if it was not made. */
  async obtain<T>(
    name: string,
    work: (signal: AbortSignal) => Promise<T>,
    timeout_ms = CHECK_TIMEOUT_MS,
  ): Promise<T | null> {
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#end, ended.signal]);
    try {
      if (this.#end.aborted) throw endOf(this.#end);
      const result = await Promise.race([work(signal), this.#late(timeout_ms, signal)]);
      this.made += 1;
      return result;
    } catch (error) {
      this.cannot(name, error);
      return null;
    } finally {
      ended.abort();
    }
  }

  /** Reports that a check was not made, for the reason of an error. */
  cannot(check: string, error: unknown): void {
    this.unchecked.push({ check, reason: messageOf(error) });
  }

  async #late(timeout_ms: number, signal: AbortSignal): Promise<never> {
    await delay(timeout_ms, undefined, { signal }).catch(() => {});
    if (this.#end.aborted) throw endOf(this.#end);
    throw new CannotCheck(`It took more than ${timeout_ms} ms.`);
  }
}

function endOf({ reason }: AbortSignal): CannotCheck {
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return new CannotCheck(isLate ? 'The time for all checks was over.' : 'The command was interrupted.');
}
