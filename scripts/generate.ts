/** Writes the files that are generated from the sources; `--check` fails where one is not up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openapiV1 } from '../packages/service/src/http/v1/openapi.ts';

const GENERATED: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: 'api/v1.openapi.json', text: () => `${JSON.stringify(openapiV1('/v1/sessions'), null, 2)}\n` },
];

const check = process.argv.includes('--check');
mkdirSync('api', { recursive: true });
for (const { path, text } of GENERATED) {
  if (!check) {
    writeFileSync(path, text());
  } else if (readFileSync(path, 'utf8') !== text()) {
    process.stderr.write(`${path} is not up to date: "npm run generate" writes it.\n`);
    process.exitCode = 1;
  }
}
