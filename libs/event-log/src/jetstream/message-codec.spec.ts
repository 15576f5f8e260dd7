import { NO_HASH, hashEvent } from '../stored-event.ts';
import { someEvents } from '../testing/an-event.ts';
import { NO_TAIL, decodeMessage, encodeAppend, positionOf, sequenceOf, subjectOf } from './message-codec.ts';

describe('a JetStream message of events', () => {
  it('reads back as the events it was made of, chained', () => {
    const events = someEvents(3);
    const { payload, tail } = encodeAppend('bay-1', NO_TAIL, events, '2026-11-01T12:00:00.000Z');
    const decoded = decodeMessage(7, payload);
    expect(decoded).toEqual(events.map((event, index) => expect.objectContaining({ ...event, stream: 'bay-1', revision: index, position: positionOf(7, index) })));
    expect(decoded.map(hashEvent)).toEqual(decoded.map(({ hash }) => hash));
    expect(decoded[0]!.prevHash).toBe(NO_HASH);
    expect(tail).toEqual({ revision: 2, hash: decoded[2]!.hash });
  });

  it('is called damaged, with its position, when it is something else', () => {
    for (const payload of ['', 'null', '[1']) expect(() => decodeMessage(3, payload)).toThrow('the event at position 0000000000000003.0000 is damaged');
  });

  it('has a position that orders as a string and leads back to its sequence', () => {
    const positions = [positionOf(9, 9), positionOf(9, 10), positionOf(10, 0), positionOf(1_000, 0)];
    expect([...positions].sort()).toEqual(positions);
    expect(positions.map(sequenceOf)).toEqual([9, 9, 10, 1_000]);
    expect(() => sequenceOf('0000000000000001')).toThrow('not a position');
  });

  it('has a subject of one plain token, another one for every stream', () => {
    const streams = ['bay-1', 'bay-1.x', 'bay-*', 'bay->', 'bay 1', 'bay-ü😀', 'bay-%2e', "bay-('!~)"];
    const subjects = streams.map((stream) => subjectOf('log', stream));
    for (const subject of subjects) expect(subject).toMatch(/^log\.[\w%-]+$/u);
    expect(new Set(subjects).size).toBe(streams.length);
  });
});
