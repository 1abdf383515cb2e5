import type { TextMutation } from '../mutations/text-mutation.ts';

/** A fault that breaks a claim of SECURITY.md, and the test that must notice it. */
export interface ClaimMutation extends TextMutation {
  /** The id of the row. */
  readonly id: string;
  /** A part of the test's name, if several tests carry the id. Only one of them may have this part in its name. */
  readonly test?: string;
  /** A part of the test's name that chooses among its runs, such as `redis: `. Default: the quickest run of its suite. */
  readonly on?: string;
}
