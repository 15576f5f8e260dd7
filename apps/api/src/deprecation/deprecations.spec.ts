import { DEPRECATIONS, deprecationHeaders } from './deprecations.ts';

describe('the deprecations', () => {
  it.each(Object.entries(DEPRECATIONS))('leave those who use %s six months', (_name, { since, sunset }) => {
    const earliest = new Date(since);
    earliest.setUTCMonth(earliest.getUTCMonth() + 6);
    expect(Date.parse(sunset)).toBeGreaterThanOrEqual(earliest.getTime());
  });

  it('are announced with a second of Unix time, a date of HTTP, and where to read and go on', () => {
    const deprecation = {
      since: '2026-01-31', sunset: '2026-12-01', lastMinor: 10, replacement: '/v1/new', doc: 'https://example.org/how',
    };
    expect(deprecationHeaders(deprecation, 'http://api.test/prefix')).toEqual({
      deprecation: '@1769817600',
      sunset: 'Tue, 01 Dec 2026 00:00:00 GMT',
      link: '<https://example.org/how>; rel="deprecation"; type="text/html", <https://example.org/how>; rel="sunset"; type="text/html", '
        + '<http://api.test/prefix/v1/new>; rel="successor-version"',
    });
  });
});
