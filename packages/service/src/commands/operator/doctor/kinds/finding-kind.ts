/**
 * - `error`: the service does not work, loses data, or is open to others.
 * - `warning`: it works now; a load, a fault or an attack will change that.
 * - `note`: a fact that an operator should know; it may be intended.
 */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The properties that all findings of one code share. docs/doctor.md is generated from it. */
export interface FindingKind {
  readonly severity: Severity;
  /** The meaning of the finding for the sessions. */
  readonly meaning: string;
  /** The advice to the operator. */
  readonly advice: string;
}
