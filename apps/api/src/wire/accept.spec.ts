import { accepts } from './accept.ts';

describe('accepts', () => {
  it.each([
    [undefined, true], ['', true], ['*/*', true], ['application/json', true], ['application/*', true],
    ['text/html, application/json;q=0.1', true],
    ['text/html,*/*;q=0.8', true], ['nonsense', true], ['APPLICATION/JSON', true],
    ['application/xml', false], ['text/html', false], ['application/json;q=0', false], ['application/json;q=0, */*', false],
  ])('%p takes JSON: %p', (header, taken) => {
    expect(accepts(header, ['application/json'])).toBe(taken);
  });

  it('is content with any of several types', () => {
    expect(accepts('text/event-stream', ['application/json', 'text/event-stream'])).toBe(true);
  });
});
