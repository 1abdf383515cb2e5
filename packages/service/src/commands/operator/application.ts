import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  type CommandContext,
  ExitCode,
  type FlagNotFoundError,
  formatMessageForArgumentScannerError,
  generateHelpTextForAllCommands,
  proposeCompletions,
  run,
  text_en,
} from '@stricli/core';
import { nearest } from '../../config/nearest.ts';
import { EXIT_CODES, exitCodeOf, messageOf } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { ROUTES } from './routes.ts';

/** Commands of `pip-sessions` that are not for operators. */
const OTHER_COMMANDS = ['serve', 'export', 'import', 'audit'] as const;

const APPLICATION = buildApplication(ROUTES, {
  name: 'pip-sessions',
  determineExitCode: exitCodeOf,
  scanner: { caseStyle: 'original' },
  documentation: { caseStyle: 'original', onlyRequiredInUsageLine: true, disableAnsiColor: true },
  localization: {
    text: {
      ...text_en,
      headers: { usage: 'Usage', aliases: 'Aliases', commands: 'Commands', flags: 'Options', arguments: 'Arguments' },
      briefs: { ...text_en.briefs, help: 'print this help' },
      noCommandRegisteredForInput: ({ input, corrections }) => {
        const meant = corrections[0]?.replaceAll('`', '') ?? nearest(input, OTHER_COMMANDS);
        return `Unknown command "${input}".${meant === null ? '' : ` Did you mean "${meant}"?`}`;
      },
      exceptionWhileParsingArguments: argumentMessage,
      exceptionWhileLoadingCommandFunction: messageOf,
      exceptionWhileRunningCommand: messageOf,
      commandErrorResult: messageOf,
    },
  },
});

/** The word before an incomplete command line, for the scripts of `completion`. */
export const COMPLETE = '__complete';

type ProcessParts = Omit<OperatorContext, 'process'>;

/** Runs a command and returns its exit code (`EXIT_CODES`). An error is one line. */
export async function runOperator(args: readonly string[], parts: ProcessParts): Promise<number> {
  const [out, err]: [string[], string[]] = [[], []];
  const context = {
    ...parts,
    process: {
      stdout: { write: (text: string) => void out.push(text) },
      stderr: { write: (text: string) => void err.push(text) },
      exitCode: null as number | string | null,
    },
  };
  if (args[0] === COMPLETE) {
    const found = await proposeCompletions(APPLICATION, args.slice(1), context);
    await parts.write(found.map(({ completion }) => `${completion}\n`).join(''));
    return EXIT_CODES.ok;
  }
  await run(APPLICATION, args, context);
  if (out.length > 0) await parts.write(out.join(''));
  for (const line of err) if (line.trim() !== '') parts.say(line.trim());
  const code = Number(context.process.exitCode);
  if (code !== ExitCode.InvalidArgument && code !== ExitCode.UnknownCommand) return code < 0 ? EXIT_CODES.failed : code;
  parts.say(`Try "${['pip-sessions', ...commandIn(args), '--help'].join(' ')}".`);
  return EXIT_CODES.usage;
}

/** Returns the help of each command with its name, for the documentation. */
export function helpOfCommands(): readonly (readonly [command: string, help: string])[] {
  // The help does not use the context.
  return generateHelpTextForAllCommands(APPLICATION as unknown as Application<CommandContext>);
}

/** The words that name a command. */
function commandIn(args: readonly string[]): readonly string[] {
  const words: string[] = [];
  let target: ReturnType<typeof ROUTES.getRoutingTargetForInput> = ROUTES;
  for (const word of args) {
    if (!target || !('getRoutingTargetForInput' in target)) break;
    target = target.getRoutingTargetForInput(word);
    if (target) words.push(word);
  }
  return words;
}

function argumentMessage(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return messageOf(error);
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }: FlagNotFoundError) => {
      const [meant] = corrections;
      const given = input.startsWith('-') ? input : `--${input}`;
      return `Unknown option "${given}".${meant === undefined ? '' : ` Did you mean "--${meant.replace(/^-*/, '')}"?`}`;
    },
    AliasNotFoundError: ({ input }) => `Unknown option "-${input}".`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      `--${name} ${(exception as Error).message}, but is ${JSON.stringify(input)}.`,
    EnumValidationError: ({ externalFlagName: name, input, values }) =>
      `--${name} must be one of ${values.join(', ')}, but is ${JSON.stringify(input)}.`,
    UnsatisfiedFlagError: ({ externalFlagName: name }) => `--${name} needs a value.`,
    UnsatisfiedPositionalError: ({ placeholder }) => `<${placeholder}> is missing.`,
    UnexpectedPositionalError: ({ input }) => `Unexpected argument ${JSON.stringify(input)}.`,
    UnexpectedFlagError: ({ externalFlagName: name }) => `--${name} can be given only once.`,
  });
}
