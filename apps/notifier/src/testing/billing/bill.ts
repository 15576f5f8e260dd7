import { samplesIn } from '../memory-sink.ts';
import type { MemorySink } from '../memory-sink.ts';

const SLOT_MS = 300_000;

/** What Gnocchi should make of the samples that were sent: five-minute means by when they begin, for a meter of a resource. */
export function meansOf(sink: MemorySink, meter: string, resourceId: string): ReadonlyMap<number, number> {
  const samples = sink.of('telemetry.polling').flatMap(({ payload }) => samplesIn(payload))
    .filter((sample) => sample['counter_name'] === meter && sample['resource_id'] === resourceId);
  // Two of one moment are one.
  const byMoment = new Map(samples.map((sample) => [Date.parse(String(sample['timestamp'])), Number(sample['counter_volume'])]));
  const slots = Map.groupBy(byMoment, ([atMs]) => atMs - (atMs % SLOT_MS));
  return new Map([...slots].map(([beginMs, inIt]) => [beginMs, inIt.reduce((sum, [, volume]) => sum + volume, 0) / inIt.length]));
}

export interface Rated {
  readonly quantity: number;
  readonly rate: number;
}

/** Reads the table of `openstack rating summary get -g project_id -g type`: what each metric of a project came to. */
export function ratedIn(table: string, projectId: string): ReadonlyMap<string, Rated> {
  const rows = table.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  const [head = [], ...lines] = rows;
  const cell = (line: readonly string[], name: string) => line[head.findIndex((title) => title.toLowerCase() === name)] ?? '';
  return new Map(lines.filter((line) => cell(line, 'project id') === projectId)
    .map((line) => [cell(line, 'type'), { quantity: Number(cell(line, 'qty')), rate: Number(cell(line, 'rate')) }]));
}
