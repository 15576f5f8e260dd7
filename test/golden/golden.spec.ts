import { acceptedDifferences } from './accepted-differences.ts';
import { between } from './between.ts';
import { readRecordings } from './recording.ts';
import { Replay } from './replay.ts';

const recordings = readRecordings();
const fieldsAccepted = (wanted: string) => acceptedDifferences
  .filter(({ recordings: numbers }) => numbers.includes(wanted)).map(({ field }) => field).sort();

/**
 * Says to Jeroboam, in the same order, what was said to a Magnum 15, and compares status, headers and body, key order
 * included. The recordings build on each other, so they cannot be run one by one.
 */
describe('the wire', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await Replay.open();
  });
  afterAll(() => replay?.close());

  it('has a recording for each difference that is accepted', () => {
    const numbers = new Set(recordings.map(({ number }) => number));
    const named = [...acceptedDifferences.flatMap((difference) => difference.recordings), ...Object.keys(between)];
    expect(named.filter((number) => !numbers.has(number))).toEqual([]);
  });

  for (const recording of recordings) {
    const { number, name, request } = recording;
    it(`answers as Magnum did ${number} ${name}: ${request.method} ${request.target.split('?', 1)[0]}`, async () => {
      await between[number]?.(replay);
      const answer = await replay.say(recording);
      const differing = replay.compare(recording, answer);
      const unexpected = differing.filter(({ field }) => !fieldsAccepted(number).includes(field));
      expect(unexpected).toEqual([]);
      // What is accepted and does not differ any more has to leave the list.
      expect(differing.map(({ field }) => field).sort()).toEqual(fieldsAccepted(number));
    });
  }
});
