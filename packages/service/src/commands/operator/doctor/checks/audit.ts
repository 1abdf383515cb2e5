import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { verifyAudit } from '../../../../observability/audit/verify.ts';
import { CannotCheck, type Examination } from '../examination.ts';
import type { Probes } from '../probes.ts';
import { bytesText } from './bytes-text.ts';

const VERIFIED_BYTES_MAX = 268_435_456;
const VERIFY_TIMEOUT_MS = 10_000;

/** Checks the file of the audit log, which `setting` names as `file:<path>`. */
export async function examineAudit(
  examination: Examination,
  setting: string | null,
  { isWritable }: Pick<Probes, 'isWritable'>,
): Promise<void> {
  if (setting === null || setting === 'stdout') return;
  const path = resolve(setting.slice('file:'.length));
  await examination.check('writes to the audit log', async () => {
    const place = existsSync(path) ? path : dirname(path);
    if (!existsSync(place)) examination.found('AUDIT_NOT_WRITABLE', `The folder ${place} does not exist.`);
    else if (!(await isWritable(place))) examination.found('AUDIT_NOT_WRITABLE', `${place} cannot be written to.`);
  });
  if (!existsSync(path)) return;
  await examination.check(
    'the chain of the audit log',
    (signal) => verify(examination, path, signal),
    VERIFY_TIMEOUT_MS,
  );
}

async function verify(examination: Examination, path: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(path);
  if (size > VERIFIED_BYTES_MAX) {
    throw new CannotCheck(`The file has ${bytesText(size)}: use "pip-sessions audit verify".`);
  }
  const input = createReadStream(path, { signal });
  const { faults, faults_total } = await verifyAudit(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }));
  const [first] = faults;
  if (!first) return;
  const more = faults_total === 1 ? '' : `, and ${faults_total - 1} more faults`;
  examination.found('AUDIT_BROKEN', `${path}, line ${first.line}: ${first.problem}${more}.`);
}
