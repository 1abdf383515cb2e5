import type { Aspect } from '../../../stores/shared/maintenance/maintenance.ts';
import { CommandError } from '../command-error.ts';
import type { OperatorContext } from '../context.ts';
import { writeJson } from '../output/output.ts';
import { type Column, tableOf } from '../output/table.ts';
import type { OutputFlags } from '../parameters.ts';
import { maintained, running, type StoreFlags } from './task.ts';

const COLUMNS: readonly Column<readonly [string, string]>[] = [
  { head: 'CHECKED', cell: ([aspect]) => aspect },
  { head: 'RESULT', cell: ([, result]) => result },
];

/** Runs `pip-sessions store check`: reads everything and reports what is wrong. */
export async function checkStore(this: OperatorContext, flags: StoreFlags & OutputFlags): Promise<void> {
  const { maintenance, name } = await maintained(this, flags, 'check');
  const aspects: Aspect[] = [];
  try {
    await running(this, async (task) => {
      for await (const aspect of maintenance.check(task)) aspects.push(aspect);
    });
  } finally {
    await write(this, aspects, flags.json);
  }
  const total = aspects.reduce((sum, { problems_total }) => sum + problems_total, 0);
  if (total > 0) throw new CommandError(`${name} has ${total} ${total === 1 ? 'problem' : 'problems'}.`);
}

async function write(context: OperatorContext, aspects: readonly Aspect[], json: boolean | undefined): Promise<void> {
  if (json) {
    const isSound = aspects.every(({ problems_total }) => problems_total === 0);
    await writeJson(context, { sound: isSound, aspects });
    return;
  }
  if (aspects.length === 0) return;
  const rows = aspects.flatMap(({ aspect, result, problems, problems_total }) => {
    const more = problems_total - problems.length;
    const lines = more > 0 ? [...problems, `and ${more} more`] : problems;
    return [[aspect, result] as const, ...lines.map((line) => ['', line] as const)];
  });
  await context.write(tableOf(COLUMNS, rows, { ...context.terminal, columns: null }));
}
