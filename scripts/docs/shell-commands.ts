/**
 * Returns the commands of the `sh` blocks of a page, without the blocks that show the source of an example. A backslash at
 * the end of a line continues the command.
 */
export function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, text = '']) => text);
  const lines = blocks
    .filter((text) => !text.startsWith('# examples/'))
    .flatMap((text) => text.replaceAll(/\\\n\s*/g, '').split('\n'));
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
