import { assertSafeToServe } from '../../config/checks.ts';
import { loadConfig } from '../../config/config.ts';
import { readApiKeys } from '../../config/key-file.ts';
import { readTls } from '../../config/tls.ts';
import { withoutSecrets } from '../../config/without-secrets.ts';
import type { OperatorContext } from './context.ts';
import { writeJson } from './output/output.ts';
import { recordOf } from './output/table.ts';
import type { OutputFlags } from './parameters.ts';

interface FileFlags {
  readonly config: string | undefined;
}

/** Runs `pip-sessions config check`: the checks of a start that need no store. Throws what the start would throw. */
export async function checkSettings(this: OperatorContext, flags: FileFlags & OutputFlags): Promise<void> {
  const config = loadConfig(this.env, flags.config);
  assertSafeToServe(config);
  readTls(config);
  readApiKeys(config);
  if (flags.json) await writeJson(this, { valid: true });
  else await this.write('The settings are valid.\n');
}

/** Runs `pip-sessions config print`: the settings in force. Passwords and hashes of keys are hidden. */
export async function printSettings(this: OperatorContext, flags: FileFlags & OutputFlags): Promise<void> {
  const shown = withoutSecrets(loadConfig(this.env, flags.config));
  if (flags.json) return writeJson(this, shown);
  const entries = Object.entries(shown).map(([name, value]) => [name, value === null ? null : String(value)] as const);
  await this.write(recordOf(entries, this.terminal));
}
