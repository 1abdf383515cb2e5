import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const FOLDER = new URL('../../packages/service/vendor/console/', import.meta.url);
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
const BYTES_MAX = 200_000;

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(html|js|css|svg)$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));

test('all files of the console have at most 200 kB as the service sends them', () => {
  const sizes = files.map(({ name, text }) =>
    existsSync(new URL(`${name}.br`, FOLDER))
      ? statSync(new URL(`${name}.br`, FOLDER)).size
      : brotliCompressSync(text, QUALITY).length,
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(files.length > 10);
  assert.ok(total <= BYTES_MAX, `${total} bytes`);
});

test('the page of the console has no inline code, and loads nothing from elsewhere', () => {
  const html = files.find(({ name }) => name === 'index.html')?.text ?? '';
  assert.match(html, /<script type="module"/);
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  for (const [, url] of html.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(url ?? '', /^\/console\//);
  const styles = files.filter(({ name }) => name.endsWith('.css')).map(({ text }) => text);
  for (const text of styles) assert.doesNotMatch(text, /@import|url\(/);
});

test('views of the console are files of their own, loaded when they are shown', () => {
  const html = files.find(({ name }) => name === 'index.html')?.text ?? '';
  const views = files.filter(({ name }) => /assets\/(sessions|user|session-panel|device)-.*\.js$/.test(name));
  assert.equal(views.length, 4);
  for (const { name } of views) assert.ok(!html.includes(name), name);
});
