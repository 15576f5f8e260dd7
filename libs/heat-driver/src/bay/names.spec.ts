import { bayStackName, groupStackName, shortIdOf } from './names.ts';

const bayId = '5f0f6a53-3f6c-4c0e-9a3e-6b7f1d2c3e4f';
const named = (name: string) => bayStackName({ name, bayId });

describe('the name of a stack', () => {
  it('is the name of the bay and a short id that is always the same', () => {
    expect(named('my_k8s.Bay')).toBe(`my-k8s-bay-${shortIdOf(bayId)}`);
    expect(shortIdOf(bayId)).toMatch(/^[a-z2-7]{12}$/);
  });

  it.each(['', '9lives', 'ÅÄÖ', '-', 'x'.repeat(255), `${'y'.repeat(29)}-z`])('is one that Heat takes and a host name can begin with: %s', (name) => {
    expect(named(name)).toMatch(/^[a-z][a-z0-9-]{0,29}(?<!-)-[a-z2-7]{12}$/);
  });

  it('tells apart node groups whose names begin alike', () => {
    const of = (nodeGroupId: string) => groupStackName({ name: 'bay', bayId }, { name: 'accelerated', nodeGroupId });
    expect(of('1')).toMatch(new RegExp(`^bay-accelerat-${shortIdOf(bayId)}-[a-z2-7]{6}$`));
    expect(of('1')).not.toBe(of('2'));
  });
});
