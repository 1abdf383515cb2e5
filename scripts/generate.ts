/** Generates files, and parts of the README, from the sources. With `--check` it fails if one is out of date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openapiV1 } from '../packages/service/src/api/v1/document.ts';
import { openapiV2 } from '../packages/service/src/api/v2/document.ts';
import { configHelp } from '../packages/service/src/config/config.ts';

const GENERATED: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: 'api/v1.openapi.json', text: () => documentText(openapiV1('/v1/sessions')) },
  { path: 'api/v2.openapi.json', text: () => documentText(openapiV2()) },
  { path: 'README.md', text: () => withExamples(withSettings(readFileSync('README.md', 'utf8'))) },
];

const check = process.argv.includes('--check');
mkdirSync('api', { recursive: true });
for (const { path, text } of GENERATED) {
  if (!check) {
    writeFileSync(path, text());
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text()) {
    process.stderr.write(`${path} is out of date; run "npm run generate"\n`);
    process.exitCode = 1;
  }
}

function documentText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function withSettings(readme: string): string {
  const rows = configHelp().map(({ variable, help, value }) => `| \`${variable}\` | ${help} | \`${value}\` |`);
  const table = ['| Variable | Meaning | Default |', '|---|---|---|', ...rows].join('\n');
  return readme.replace(/(<!-- settings -->\n).*?(\n<!-- \/settings -->)/s, (_, start, end) => start + table + end);
}

/** Replaces each code block that names an example in its first line by the source of the example. */
function withExamples(readme: string): string {
  return readme.replace(/(```ts\n\/\/ (examples\/[\w.-]+)\n).*?(```)/gs, (_, start, path, end) => {
    return start + readFileSync(path, 'utf8') + end;
  });
}
