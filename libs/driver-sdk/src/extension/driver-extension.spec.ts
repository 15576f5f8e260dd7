import { DriverRegistry } from '../driver-registry.ts';
import { aManifest } from '../testing/samples.ts';
import { extensionsOf } from './driver-extension.ts';
import type { DriverExtension } from './driver-extension.ts';
import { extensionProblems } from './validate-extension.ts';

const SHOW = {
  name: 'join-state', help: 'Shows it.', method: 'GET', path: 'join-state', responseColumns: ['nodes'],
  argsSchema: { type: 'object', properties: { role: { type: 'string', enum: ['manager', 'worker'] } }, additionalProperties: false },
} as const;
const extension: DriverExtension = { alias: 'swarm', name: 'Swarm', description: 'What only Swarm has.', version: '1.0.0', updated: '2026-11-23', commands: [SHOW] };
const commands = (change: object) => ({ ...extension, commands: [{ ...SHOW, ...change }] });

describe('an extension', () => {
  it('is sound as it is described, and may be left out', () => {
    expect(extensionProblems(extension)).toEqual([]);
    expect(extensionProblems(undefined)).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['swarm', 'extension must be an object'],
    [{ ...extension, alias: 'Swarm/../..' }, 'extension.alias must match'],
    [{ ...extension, description: '' }, 'extension.name and .description must be texts'],
    [{ ...extension, version: 'one' }, 'extension.version must be a semantic version'],
    [{ ...extension, updated: 'today' }, 'extension.updated must be a day'],
    [{ ...extension, commands: [] }, 'extension.commands must list at least one command'],
    [{ ...extension, commands: [SHOW, SHOW] }, 'extension.commands must have names of their own'],
    [{ ...extension, commands: [{}] }, 'must have a name that matches'],
    [commands({ help: '' }), 'extension command join-state: help must be a sentence'],
    [commands({ method: 'DELETE' }), 'method must be GET or POST'],
    [commands({ path: '../../quotas' }), 'path must match'],
    [commands({ path: 'a/b' }), 'path must match'],
    [commands({ argsSchema: { type: 'object' } }), 'argsSchema must be a JSON Schema of an object'],
    [commands({ argsSchema: { type: 'object', additionalProperties: false, properties: { a: { type: 'object' } } } }), 'argsSchema must be'],
    [commands({ responseColumns: 'nodes' }), 'responseColumns must be a list of texts'],
    [commands({ policy: 'everybody' }), 'policy must be reader, member or admin'],
  ])('is refused when it is %j', (value, problem) => {
    expect(extensionProblems(value)).toEqual([expect.stringContaining(problem)]);
  });

  it('belongs to one driver, whose versions share the alias', () => {
    const one = aManifest({ name: 'one', extension });
    expect(() => new DriverRegistry([one, { ...one, version: '2.0.0' }])).not.toThrow();
    expect(() => new DriverRegistry([one, aManifest({ name: 'two', extension })])).toThrow('the drivers one and two both have an extension swarm');
  });

  it('is shown of the highest version that is not retired', () => {
    const version = (number: string, state: 'active' | 'retired' = 'active') => aManifest({ version: number, state, extension: { ...extension, version: number } });
    const shown = extensionsOf([version('1.9.0'), version('1.10.0'), version('2.0.0', 'retired'), aManifest({ name: 'plain' })]);
    expect(shown.map(({ extension: { version: of }, manifest }) => [of, manifest.version])).toEqual([['1.10.0', '1.10.0']]);
  });
});
