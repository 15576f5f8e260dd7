import { readFileSync } from 'node:fs';

/**
 * A page whose commands and settings a test runs as they stand there, so that neither can be changed alone: its indented
 * blocks, with what a reader has to fill in filled in.
 */
export class Guide {
  private constructor(private readonly blocks: readonly string[], private readonly values: Readonly<Record<string, string>>) {}

  /** @param values what takes the place of which words, in this order. */
  static read(path: string, values: Readonly<Record<string, string>>): Guide {
    return new Guide(indentedBlocks(readFileSync(path, 'utf8')), values);
  }

  /**
   * The one block that has this line in it.
   *
   * @throws when the page has none, or several.
   */
  block(line: string): string {
    const found = this.blocks.filter((block) => block.includes(line));
    if (found.length !== 1) throw new Error(`the page has ${found.length} blocks with: ${line}`);
    return Object.entries(this.values).reduce((text, [word, value]) => text.replaceAll(word, value), found[0]!);
  }
}

function indentedBlocks(markdown: string): string[] {
  const blocks: string[][] = [[]];
  for (const line of markdown.split('\n')) {
    if (/^ {4}/.test(line)) blocks.at(-1)!.push(line);
    else if (blocks.at(-1)!.length > 0) blocks.push([]);
  }
  return blocks.filter((lines) => lines.length > 0).map((lines) => {
    const margin = Math.min(...lines.map((line) => line.search(/\S/)));
    return lines.map((line) => line.slice(margin)).join('\n');
  });
}
