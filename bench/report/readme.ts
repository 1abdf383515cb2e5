import { readFile, writeFile } from 'node:fs/promises';

const BEGIN = '<!-- results -->';
const END = '<!-- /results -->';

/** Replaces the text between the two marks of a file. */
export async function replaceResults(file: URL, content: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${file.pathname} lacks ${BEGIN} or ${END}`);
  await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n\n${content}\n\n${text.slice(end)}`);
}
