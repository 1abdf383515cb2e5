import type { TextMutation } from '../../mutations/text-mutation.ts';
import type { Faults, StoreKind } from '../plan/plan.ts';

/** A fault of the source, and the history that finds it. */
export interface Mutation extends TextMutation {
  readonly store: StoreKind;
  /** Only with these faults it shows; default none. */
  readonly faults?: Faults;
  /** How far the clocks are apart; default 1 s. */
  readonly skew_ms?: number;
}
