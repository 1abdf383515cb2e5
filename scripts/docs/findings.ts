import { FINDING_GROUPS } from '../../packages/service/src/commands/operator/doctor/finding-kinds.ts';

/** Returns a section for each finding of `pip-sessions doctor`. */
export function findingSections(): string {
  return Object.entries(FINDING_GROUPS)
    .map(([group, kinds]) => {
      const sections = Object.entries(kinds).map(
        ([code, { severity, meaning, advice }]) => `### ${code}\n\n*${severity}* ${meaning}\n\n${advice}\n`,
      );
      return `## ${group}\n\n${sections.join('\n')}`;
    })
    .join('\n');
}
