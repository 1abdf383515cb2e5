import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandEnvironment } from '../../../../../testing/service/environment.ts';
import { runCommand } from './fixtures/run-command.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-completion-'));
after(() => rmSync(folder, { recursive: true }));

before(async () => {
  const command = join(folder, 'pip-sessions');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' --conditions=source '${MAIN}' "$@"\n`);
  chmodSync(command, 0o755);
  mkdirSync(join(folder, 'functions'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await runCommand(['completion', shell]);
    writeFileSync(join(folder, shell === 'zsh' ? 'functions/_pip_sessions' : `script.${shell}`), stdout);
  }
});

/** Runs a program in a shell. Returns its lines; null if the shell is not installed. */
function linesOf(shell: string, options: readonly string[], program: string): readonly string[] | null {
  const { PATH = '', ...rest } = commandEnvironment();
  const env = { ...rest, PATH: `${folder}:${PATH}`, HOME: folder };
  const { error, stdout, stderr } = spawnSync(shell, [...options, '-c', program], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
  assert.equal(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

const COMPLETED = ['check', 'compact', 'migrate'];

test('bash completes the word before the cursor', (t) => {
  const program = `source script.bash; COMP_WORDS=(pip-sessions store ""); COMP_CWORD=2; _pip_sessions; printf "%s\\n" "\${COMPREPLY[@]}"`;
  const lines = linesOf('bash', ['--norc'], program);
  if (lines === null) t.skip('bash is not installed');
  else assert.deepEqual(lines.toSorted(), COMPLETED);
});

test('fish completes the word before the cursor', (t) => {
  const lines = linesOf('fish', ['--no-config'], 'source script.fish; complete -C "pip-sessions store "');
  if (lines === null) t.skip('fish is not installed');
  else assert.deepEqual(lines.map((line) => line.split('\t')[0]).toSorted(), COMPLETED);
});

test('zsh completes the word before the cursor, by source and from $fpath', (t) => {
  const complete = `compadd() { print -l -- "\${@[2,-1]}" }; words=(pip-sessions store ""); CURRENT=3; _pip_sessions`;
  const sourced = `compdef() { : }; source functions/_pip_sessions; ${complete}`;
  const loaded = `fpath=(${folder}/functions $fpath); autoload -U _pip_sessions; ${complete}`;
  for (const program of [sourced, loaded]) {
    const lines = linesOf('zsh', ['-f'], program);
    if (lines === null) return t.skip('zsh is not installed');
    assert.deepEqual(lines.toSorted(), COMPLETED);
  }
});
