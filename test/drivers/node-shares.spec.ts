import { parse } from 'yaml';
import { heatDrivers } from './heat-drivers.ts';

interface Template {
  readonly parameters?: Readonly<Record<string, { readonly hidden?: boolean }>>;
}

const TOKEN = { get_param: 'bootstrap_token' };
const shareOf = (role: string) => ({
  list_join: [':', ['jeroboam-node', role, { get_param: 'name' }, { digest: ['sha256', { list_join: [':', [role, { get_param: 'name' }, TOKEN]] }] }]],
});

/** Every place at which a template reads the token, as far as it is not handed on to a parameter of the same name. */
function uses(value: unknown, key = ''): unknown[] {
  if (JSON.stringify(value) === JSON.stringify(TOKEN)) return key === 'bootstrap_token' ? [] : [value];
  if (key === '__BOOTSTRAP_TOKEN__') return [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, each]) => uses(each, name)) : [];
}

describe.each((await heatDrivers()).flatMap(({ manifest: { name, version, bundles } }) => bundles!.map((bundle) => [`${name} ${version}`, bundle] as const)))('%s', (_name, { files }) => {
  const templates = Object.entries(files).filter(([name]) => name.endsWith('.yaml') && !name.includes('ignition')).map(([name, text]) => [name, parse(text) as Template] as const);

  it('hides the bootstrap token in every template that takes it', () => {
    const shown = templates.filter(([, { parameters }]) => parameters?.['bootstrap_token'] && parameters['bootstrap_token'].hidden !== true);
    expect(shown.map(([name]) => name)).toEqual([]);
  });

  it('gives a node its own share of the token and nothing else of it', () => {
    for (const [name, template] of templates) {
      const makesNode = ['master.yaml', 'worker.yaml'].includes(name) && template.parameters?.['bootstrap_token'] !== undefined;
      const expected = makesNode ? [shareOf(name.replace('.yaml', ''))] : [];
      expect([name, uses(template)]).toEqual([name, expected]);
    }
  });
});
