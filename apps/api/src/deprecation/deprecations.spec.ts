import { DEPRECATED, deprecationHeaders, isOver, type Deprecation } from './deprecations.ts';

const one: Deprecation = {
  feature: 'endpoint:old', kind: 'endpoint', name: '/v1/old', since: '2026-01-31', sunset: '2026-12-01', replacement: '/v1/new',
  doc: 'https://example.org/how',
};
const other: Deprecation = {
  ...one, feature: 'coe:x', kind: 'coe', name: 'x', since: '2026-03-01', sunset: '2026-11-01', replacement: 'y',
};

describe('the deprecations', () => {
  it.each(DEPRECATED)('leave those who use $feature six months', ({ since, sunset }) => {
    const earliest = new Date(since);
    earliest.setUTCMonth(earliest.getUTCMonth() + 6);
    expect(Date.parse(sunset)).toBeGreaterThanOrEqual(earliest.getTime());
  });

  it('have ids of their own, which begin with the kind', () => {
    expect(new Set(DEPRECATED.map(({ feature }) => feature)).size).toBe(DEPRECATED.length);
    for (const { feature, kind } of DEPRECATED) expect(feature.startsWith(`${kind}:`)).toBe(true);
  });

  it('are announced with a second of Unix time, a date of HTTP, and where to read and go on', () => {
    expect(deprecationHeaders([one], 'http://api.test/prefix')).toEqual({
      deprecation: '@1769817600',
      sunset: 'Tue, 01 Dec 2026 00:00:00 GMT',
      link: '<https://example.org/how>; rel="deprecation"; type="text/html", <https://example.org/how>; rel="sunset"; type="text/html", '
        + '<http://api.test/prefix/v1/new>; rel="successor-version"',
    });
  });

  it('are announced together by the first day of each kind, and each link once', () => {
    const headers = deprecationHeaders([other, one], 'http://api.test');
    expect(headers).toMatchObject({ deprecation: '@1769817600', sunset: 'Sun, 01 Nov 2026 00:00:00 GMT' });
    expect(headers['link']!.split(', ')).toHaveLength(3);
  });

  it('are over from the first moment of their last day on', () => {
    expect(isOver(one, new Date('2026-11-30T23:59:59.999Z'))).toBe(false);
    expect(isOver(one, new Date('2026-12-01T00:00:00.000Z'))).toBe(true);
  });
});
