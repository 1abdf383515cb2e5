import type { OperatorContext } from '../context.ts';
import { writeJson } from '../output/output.ts';
import { recordOf } from '../output/table.ts';
import type { OutputFlags } from '../parameters.ts';
import { maintained, running, type StoreFlags } from './task.ts';

/** Runs `pip-sessions store compact`: frees the space that deleted sessions have left. */
export async function compactStore(this: OperatorContext, flags: StoreFlags & OutputFlags): Promise<void> {
  const { maintenance } = await maintained(this, flags, 'compact');
  const facts = await running(this, (task) => maintenance.compact(task));
  if (!flags.json) return this.write(recordOf(facts, this.terminal));
  const values = facts.map(([name, value]) => [name.replaceAll(' ', '_'), Number(value)]);
  await writeJson(this, Object.fromEntries(values));
}
