/** A row of a table in SECURITY.md: a requirement that tests show. */
export interface Claim {
  /** The first cell, such as `ASVS-7.4.1` or `S-01`. The tests that show the claim have it in their names. */
  readonly id: string;
  /** The second cell. */
  readonly claim: string;
}

const HEADING = 'Id';
const IDS = /\b(?:ASVS-\d+(?:\.\d+)+|[A-Z]-\d{2})(?!\d)/g;

/** The rows of all tables whose first column is headed "Id". */
export function claimsOf(page: string): readonly Claim[] {
  const claims: Claim[] = [];
  let isTableOfClaims = false;
  for (const line of page.split('\n')) {
    const [id, claim] = line.startsWith('|') ? cellsOf(line) : [];
    if (id === undefined || claim === undefined) isTableOfClaims = false;
    else if (id === HEADING) isTableOfClaims = true;
    else if (isTableOfClaims && !/^-+$/.test(id)) claims.push({ id, claim });
  }
  return claims;
}

/** All ids in a text, also those outside the tables. */
export function idsIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(IDS), ([id]) => id));
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}
