import { anEvent } from '../testing/an-event.ts';
import { NO_HASH, hashText, storedText, writerText } from '../stored-event.ts';
import type { Row } from './log-reader.ts';
import { Tail } from './tail.ts';

/** The rows of a log in which the named streams were written to in turn. */
function rowsOf(...streams: readonly string[]): Row[] {
  return streams.map((stream, index) => {
    const revision = streams.slice(0, index).filter((other) => other === stream).length;
    const text = storedText({ prevHash: NO_HASH, stream, revision, recordedAt: '2026-11-01T12:00:00.000Z' }, writerText(anEvent()));
    return [index + 1, hashText(text), text];
  });
}

describe('Tail', () => {
  const rows = rowsOf('bay-a', 'bay-b', 'bay-a', 'bay-a', 'bay-b');
  const tail = () => new Tail((after, to) => rows.filter(([position]) => position > after && position <= to));
  const positions = (found: readonly Row[] | undefined) => found?.map(([position]) => position);

  it('gives the news of a stream from any revision whose event it holds', () => {
    expect(positions(tail().stream('bay-a', 0, 5))).toEqual([1, 3, 4]);
    expect(positions(tail().stream('bay-a', 1, 5))).toEqual([3, 4]);
  });

  it('knows that there is none when it holds the last event before', () => {
    expect(tail().stream('bay-a', 3, 5)).toEqual([]);
  });

  it('does not tell of a stream whose events may be older than what it holds', () => {
    expect(tail().stream('bay-c', 0, 5)).toBeUndefined();
    const many = rowsOf(...Array.from({ length: 300 }, (_, index) => (index === 0 || index === 299 ? 'bay-a' : 'bay-b')));
    const short = new Tail((after, to) => many.filter(([position]) => position > after && position <= to));
    expect(short.stream('bay-a', 0, 300)).toBeUndefined();
    expect(positions(short.stream('bay-a', 1, 300))).toEqual([300]);
  });

  it('looks no further than the given head', () => {
    expect(positions(tail().stream('bay-a', 1, 3))).toEqual([3]);
  });
});
