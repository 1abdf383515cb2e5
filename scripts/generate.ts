/** Generates files, and parts of the README, from the sources. With `--check` it fails if one is out of date. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openapiV1 } from '../packages/service/src/api/v1/document.ts';
import { openapiV2 } from '../packages/service/src/api/v2/document.ts';
import { helpOfCommands } from '../packages/service/src/commands/operator/application.ts';
import { configHelp } from '../packages/service/src/config/config.ts';
import { apiPage } from './docs/api-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { findingSections } from './docs/findings.ts';

/** Pages that are generated as a whole. */
const WHOLE_PAGES = new Set(['api-v2.md', 'errors.md']);

const GENERATED: readonly { readonly path: string; readonly text: () => string | Promise<string> }[] = [
  { path: 'api/v1.openapi.json', text: () => documentText(openapiV1('/v1/sessions')) },
  { path: 'api/v2.openapi.json', text: () => documentText(openapiV2()) },
  { path: 'docs/api-v2.md', text: apiPage },
  { path: 'docs/errors.md', text: errorsPage },
  ...markdownFiles().map((path) => ({
    path,
    text: () => withExamples(withFindings(withCommands(withSettings(readFileSync(path, 'utf8'))))),
  })),
];

/** The README and the pages of the documentation. */
function markdownFiles(): string[] {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && !WHOLE_PAGES.has(name));
  return ['README.md', ...pages.map((name) => `docs/${name}`)];
}

const check = process.argv.includes('--check');
mkdirSync('api', { recursive: true });
for (const { path, text: generate } of GENERATED) {
  const text = await generate();
  if (!check) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is out of date; run "npm run generate"\n`);
    process.exitCode = 1;
  }
}

function documentText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function withSettings(markdown: string): string {
  const rows = configHelp().map(
    ({ variable, help, value }) => `| \`${variable}\` | ${help.replaceAll('<', '&lt;')} | \`${value}\` |`,
  );
  const table = ['| Variable | Meaning | Default |', '|---|---|---|', ...rows].join('\n');
  return markdown.replace(/(<!-- settings -->\n).*?(\n<!-- \/settings -->)/s, (_, start, end) => start + table + end);
}

/** Writes the help of each command of `pip-sessions`. */
function withCommands(markdown: string): string {
  const sections = helpOfCommands().map(
    ([command, help]) => `### ${command}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
  );
  return markdown.replace(
    /(<!-- commands -->\n).*?(<!-- \/commands -->)/s,
    (_, start, end) => `${start}${sections.join('\n')}${end}`,
  );
}

/** Writes the findings of `pip-sessions doctor`. */
function withFindings(markdown: string): string {
  return markdown.replace(
    /(<!-- findings -->\n).*?(<!-- \/findings -->)/s,
    (_, start, end) => start + findingSections() + end,
  );
}

/**
 * Replaces each code block that names an example in its first line by the source of the example, which the tests execute:
 * `// examples/client.ts` is the whole file, `// examples/client.ts#login` the lines between `// #region login` and
 * `// #endregion`.
 */
function withExamples(markdown: string): string {
  return markdown.replace(
    /(```(?:[jt]sx?|yml|shell)\n(?:\/\/|#) (examples\/[\w./-]+)(?:#([\w-]+))?\n).*?(```)/gs,
    (_, start: string, path: string, region: string | undefined, end: string) =>
      `${start}${exampleOf(readFileSync(path, 'utf8'), path, region)}${end}`,
  );
}

function exampleOf(source: string, path: string, region: string | undefined): string {
  const marks = /^ *\/\/ #(region [\w-]+|endregion)\n/gm;
  if (region === undefined) return source.replace(marks, '');
  const lines = new RegExp(`^ *// #region ${region}\\n(.*?)^ *// #endregion`, 'ms').exec(source)?.[1];
  if (lines === undefined) throw new Error(`${path} has no region ${region}`);
  const indent = /^ */.exec(lines)?.[0].length ?? 0;
  return lines.replace(marks, '').replace(new RegExp(`^ {0,${indent}}`, 'gm'), '');
}
