import type { X509Certificate } from 'node:crypto';
import type { Examination } from '../examination.ts';

const DAY_MS = 86_400_000;
const ENDS_SOON_DAYS = 14;

/** Reports a certificate that is not valid now, or not for long. `subject` begins the message. */
export function foundValidity(
  examination: Examination,
  subject: string,
  { validFromDate, validToDate }: Pick<X509Certificate, 'validFromDate' | 'validToDate'>,
  now: number,
): void {
  const [from, to] = [validFromDate, validToDate].map((date) => date.toISOString().slice(0, 'yyyy-mm-dd'.length));
  if (now >= validToDate.getTime()) examination.found('TLS_EXPIRED', `${subject} has ended on ${to}.`);
  else if (now < validFromDate.getTime()) examination.found('TLS_EXPIRED', `${subject} is valid from ${from} only.`);
  else if (validToDate.getTime() - now < ENDS_SOON_DAYS * DAY_MS) {
    examination.found('TLS_ENDS_SOON', `${subject} ends on ${to}.`);
  }
}
