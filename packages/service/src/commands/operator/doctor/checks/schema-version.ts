import type { Examination } from '../examination.ts';

/** Reports a schema that this version of the service does not have. `where` names the data in a message. */
export function foundVersion(
  examination: Examination,
  where: string,
  { found, supported }: { readonly found: number; readonly supported: number },
): void {
  const versions = `${where} has schema version ${found}; this version of the service has ${supported}.`;
  if (found === 0) examination.found('SCHEMA_MISSING', `${where} has no data of the service.`);
  else if (found > supported) examination.found('SCHEMA_NEWER', versions);
  else if (found < supported) examination.found('SCHEMA_OLDER', versions);
}
