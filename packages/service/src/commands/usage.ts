import { configHelp } from '../config/config.ts';

/** The help of the command as a whole. */
export const USAGE = `Usage: pip-sessions [serve] [--config <file.yml>] [--port <number>]
       pip-sessions key --name <name> --scope <scope> [--expires <when>]
       pip-sessions audit verify <file>
       pip-sessions export [--store <url>] > sessions.ndjson
       pip-sessions import [--store <url>] [--format <format>] < sessions.ndjson
       pip-sessions <command> [<options>]
       pip-sessions --version

Serves user sessions over HTTP, creates API keys, checks audit logs, or moves sessions between stores. Further commands
read and change sessions, at a running service (--url) or in a store (--store):

  list, show, open, validate, close, close-many, delete     sessions
  user sessions, sign-out, export, erase                    all sessions of one user
  stats, top, tail                                          figures, newest sessions, changes as they happen
  doctor                                                    what is wrong with an installation, and what to do
  store check, migrate, compact                             a whole store, without a service
  config check, print                                       the settings of the service
  key create, list                                          API keys
  completion bash, zsh, fish                                the completion of commands and options in a shell

Each command has --help. Settings come from the environment, or from the YAML file with the same names in lower case
without the prefix:

${configHelp()
  .map(({ variable, help, value }) => `  ${variable.padEnd(25)} ${help} (default ${value})`)
  .join('\n')}
`;
