import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './harness/process.ts';

const plugin = join(root, 'infra', 'osc-plugin');
const SHOW = { name: 'show', help: 'Shows.', method: 'GET', path: '/v1/clusters/{ident}/ext/demo/show', args_schema: { type: 'object' }, response_columns: [] };
const of = (...commands: readonly unknown[]) => ({ extensions: [{ alias: 'demo', commands }] });

/** What the plug-in makes of a list: names of commands it has, and how often it warned. */
function read(body: unknown): unknown {
  const program = 'import json, sys; from jeroboam_osc.descriptors import read_commands\nwarnings = []\n'
    + 'print(json.dumps([[" ".join(key) for key in read_commands(json.load(sys.stdin), warnings.append)], len(warnings)]))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-B', '-c', program], { input: JSON.stringify(body), encoding: 'utf8', env: { PYTHONPATH: plugin } }));
}

describe('the plug-in of the openstack client', () => {
  it.each([
    ['a path elsewhere', { ...SHOW, path: '/v1/quotas' }], ['a path that climbs', { ...SHOW, path: '/v1/clusters/{ident}/ext/demo/../x' }],
    ['a path of another', { ...SHOW, path: '/v1/clusters/{ident}/ext/other/show' }], ['another method', { ...SHOW, method: 'DELETE' }],
    ['no schema', { ...SHOW, args_schema: 1 }], ['an argument of objects', { ...SHOW, args_schema: { properties: { a: { type: 'object' } } } }],
    ['no name', { ...SHOW, name: 1 }], ['nothing', null],
  ])('leaves out a command with %s, with a warning, and keeps the others', (_what, command) => {
    expect(read(of(command, SHOW))).toEqual([['demo show'], 1]);
  });

  it.each([[null], [[]], [{}], [{ extensions: 1 }]])('takes %j for no extensions', (body) => {
    expect(read(body)).toEqual([[], 0]);
  });

  it('is found from PYTHONPATH by the entry points that pip would write', () => {
    const declared = readFileSync(join(plugin, 'pyproject.toml'), 'utf8').match(/^coe_\w+ = "(.*)"$/gm)!.map((line) => line.replaceAll('"', ''));
    const found = readFileSync(join(plugin, 'jeroboam_osc-0.1.0.dist-info', 'entry_points.txt'), 'utf8').match(/^coe_.*$/gm);
    expect(found).toEqual(declared);
  });
});
