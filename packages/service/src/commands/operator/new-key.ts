import type { Scope } from '@pip-sessions/contract/scopes';
import { newApiKey } from '../../http/authentication/api-keys.ts';
import { keyCommand } from '../key.ts';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { writeJson } from './output/output.ts';
import type { OutputFlags } from './parameters.ts';

/** Runs `pip-sessions key create`. */
export async function createKey(
  this: OperatorContext,
  { name, scope, json }: OutputFlags & { readonly name: string; readonly scope: Scope },
): Promise<void> {
  if (!json) return this.write(keyCommand(['--name', name, '--scope', scope]));
  try {
    await writeJson(this, { name, scope, ...newApiKey(name, scope) });
  } catch (error) {
    throw new CommandError(`No key was created: ${(error as Error).message}.`, EXIT_CODES.usage);
  }
}
