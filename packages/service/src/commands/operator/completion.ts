import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';

/** Each script passes the words before the cursor, with the last one that is incomplete, to `pip-sessions __complete`. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_pip_sessions() {
  local IFS=$'\\n'
  COMPREPLY=($(pip-sessions __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _pip_sessions pip-sessions
`,
  zsh: `#compdef pip-sessions
_pip_sessions() {
  local -a found
  found=(\${(f)"$(pip-sessions __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -- $found
}
# In a folder of $fpath this file is the function itself; with source it defines it.
if [[ $funcstack[1] == _pip_sessions ]]; then _pip_sessions "$@"; else compdef _pip_sessions pip-sessions; fi
`,
  fish: `complete -c pip-sessions -f -a '(pip-sessions __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};

/** Runs `pip-sessions completion`. */
export async function completion(this: OperatorContext, _flags: object, shell: string): Promise<void> {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    const names = Object.keys(SCRIPTS).join(', ');
    throw new CommandError(`The shell must be one of ${names}, but is ${JSON.stringify(shell)}.`, EXIT_CODES.usage);
  }
  await this.write(script);
}
