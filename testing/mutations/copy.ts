import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutated, type TextMutation } from './text-mutation.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['packages', 'testing', 'scripts', 'docs', 'package.json', 'package-lock.json'];

/** A copy of the sources that can be changed, with the packages of the original. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'pip-sessions-mutations-'));

  constructor() {
    for (const name of COPIED) {
      const filter = (path: string) => !/[/\\](node_modules|dist)([/\\]|$)/.test(path.slice(ROOT.length - 1));
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true, filter });
    }
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, '@pip-sessions'), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name !== '@pip-sessions') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    // Imports of the project's own packages must find the copy.
    for (const name of readdirSync(join(this.folder, 'packages'))) {
      symlinkSync(join(this.folder, 'packages', name), join(modules, '@pip-sessions', name));
    }
  }

  /** Applies a mutation and returns a function that undoes it. Throws if the file does not have its text exactly once. */
  mutate(mutation: TextMutation): () => void {
    const path = join(this.folder, mutation.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, mutated(text, mutation));
    return () => writeFileSync(path, text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
