/** One measured line of `npm run bench`. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same work without us, measured in the same run, in `unit`: what nobody can beat on this machine. */
  readonly floor?: number;
  /** How much of the floor is reached (1 is all of it); the median over pairs measured next to each other. */
  readonly ratio?: number;
  /** What it is meant to be, for people: `ratio >= 0.7`. */
  readonly target?: string;
}

export function printRows(rows: readonly BenchRow[]): void {
  const cells = rows.map(({ name, value, unit, floor, ratio, target }) => [
    name, `${number(value)} ${unit}`, floor === undefined ? '' : number(floor), ratio === undefined ? '' : ratio.toFixed(2), target ?? '',
  ]);
  const table = [['what', 'measured', 'floor', 'ratio', 'target'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd());
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
