import type { TextMutation } from '../mutations/text-mutation.ts';

/** A fault that breaks a claim of SECURITY.md, and the test that is cited for the claim and notices it. */
export interface ClaimMutation extends TextMutation {
  /** The row: its first cell. */
  readonly claim: string;
  /** How the name of the test begins that the row cites and that fails with the fault. */
  readonly test: string;
  /** What stands before the name where a suite runs it more than once; default the quickest of its runs. */
  readonly on?: string;
}
