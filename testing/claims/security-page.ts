/** A row of SECURITY.md that tests show: what it claims, and the names of the tests that it cites. */
export interface Claim {
  /** The first cell. */
  readonly claim: string;
  readonly tests: readonly string[];
}

const HEADING = 'Shown by';
const QUOTED = /"([^"]+)"|`([^`]+)`/g;

/** The rows of all tables whose last column is headed "Shown by". */
export function claimsOf(page: string): readonly Claim[] {
  const claims: Claim[] = [];
  let isTableOfClaims = false;
  for (const line of page.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : [];
    const [claim, last] = [cells[0], cells.at(-1)];
    if (claim === undefined || last === undefined) isTableOfClaims = false;
    else if (last === HEADING) isTableOfClaims = true;
    else if (isTableOfClaims && !/^-+$/.test(claim)) claims.push({ claim, tests: testsIn(last) });
  }
  return claims;
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}

/** A name that has quotes in it stands in backticks. */
function testsIn(cell: string): readonly string[] {
  return [...cell.matchAll(QUOTED)].map(([, quoted, code]) => quoted ?? code ?? '');
}
