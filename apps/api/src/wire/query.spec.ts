import { PAGE_ARGUMENTS } from './page.ts';
import { booleanArgument, readQuery } from './query.ts';

const ID = '4f34fac6-96ef-4200-9368-3f87b8ebde4a';

describe('readQuery', () => {
  it('reads what is known', () => {
    expect(readQuery({ limit: '2', marker: ID, sort_key: 'name' }, PAGE_ARGUMENTS)).toEqual({ limit: 2, marker: ID, sort_key: 'name' });
    expect(readQuery({ rollback: 'True' }, { rollback: booleanArgument })).toEqual({ rollback: true });
  });

  it.each([
    [{ foo: '1' }, 'Unknown argument: "foo"'],
    [{ constructor: '1' }, 'Unknown argument: "constructor"'],
    [{ foo: '1', limit: '2', bar: '2' }, 'Unknown argument: "foo, bar"'],
    [{ limit: 'abc' }, "Invalid input for field/attribute limit. Value: 'abc'. unable to convert to int. Error: invalid literal for int() with base 10: 'abc'"],
    [
      { limit: '' },
      "Invalid input for field/attribute limit. Value: ''. unable to convert to int. Error: invalid literal for int() with base 10: ''",
    ],
    [{ limit: ['1', '2'] }, "Invalid input for field/attribute limit. Value: '['1', '2']'. unable to convert to int. Error: int() argument must be a string, a bytes-like object or a real number, not 'list'"],
    [
      { marker: 'x' },
      "Invalid input for field/attribute marker. Value: 'x'. unable to convert to uuid. Error: Expected a uuid but received x.",
    ],
    [
      { sort_key: ['a', 'b'] },
      "Invalid input for field/attribute sort_key. Value: '['a', 'b']'. unable to convert to str. Error: expected a string, got ['a', 'b']",
    ],
    [{ foo: '1', limit: 'abc' }, "Invalid input for field/attribute limit. Value: 'abc'. unable to convert to int. Error: invalid literal for int() with base 10: 'abc'"],
  ])('refuses %j', (query, message) => {
    expect(() => readQuery(query, PAGE_ARGUMENTS)).toThrow(new Error(message));
  });
});
