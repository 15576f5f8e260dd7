import { manifest } from '../testing/manifests.ts';
import { assertLabelSchemas, requireFittingLabels } from './label-schemas.ts';

const labelsSchema = {
  type: 'object',
  properties: {
    strategy: { type: 'string', enum: ['spread', 'binpack', ''] },
    delay: { type: 'string', pattern: '^\\d+$' },
    secret_key: false,
    overlay: { type: 'string', enum: ['true', 'false'] },
    network: {
      type: 'string', contentMediaType: 'application/json',
      contentSchema: { type: 'object', required: ['subnet'], properties: { subnet: { type: 'string' }, parts: { type: 'array', items: { type: 'integer' } } } },
    },
  },
  if: { properties: { overlay: { const: 'true' } }, required: ['overlay'] },
  then: { required: ['network'] },
};
const { capabilities } = manifest();
const driver = manifest({
  capabilities: {
    ...capabilities, labelsSchema,
    plugins: [{ kind: 'volume', name: 'rexray', labelsSchema: { type: 'object', properties: { rexray_preempt: { type: 'string', enum: ['true', 'false'] } } } }],
  },
});
const chosen = { coe: 'swarm-mode', networkDriver: 'docker', volumeDriver: null as string | null, dockerStorageDriver: null };

describe('labels held against what a driver says of them', () => {
  it.each([
    {}, { anything: 'else' }, { strategy: 'spread', delay: '5' }, { strategy: '' }, { overlay: 'false' }, { overlay: 'true', network: '{"subnet": "9.0.0.0/8"}' },
    { rexray_preempt: 'of no driver that was chosen' },
  ])('may be %j', (labels) => {
    expect(() => requireFittingLabels(driver, chosen, labels as Record<string, string>)).not.toThrow();
  });

  it.each<[Record<string, string>, string]>([
    [{ strategy: 'first' }, 'property "labels/strategy" with value "first" is not supported, supported values are: spread, binpack, unspecified'],
    [{ delay: 'soon' }, 'property "labels/delay" with value "soon" is not supported: it must match pattern "^\\d+$"'],
    [{ secret_key: 'x' }, 'property "labels/secret_key" is not supported'],
    [{ overlay: 'true' }, 'property "labels/network" is required by the other labels'],
    [{ network: '{' }, 'property "labels/network" with value "{" is not supported: it must be JSON'],
    [{ network: '{}' }, 'property "labels/network" with value "{}" is not supported: it must be JSON whose whole must have required property \'subnet\''],
    [{ network: '{"subnet":"","parts":["a"]}' }, 'it must be JSON whose parts/0 must be integer'],
    [{ delay: 'soon', strategy: 'first' }, '; '],
  ])('may not be %j', (labels, refusal) => {
    const check = () => requireFittingLabels(driver, chosen, labels);
    expect(check).toThrow(refusal);
    expect(check).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('fit the plugins that were chosen, and the others are asked nothing', () => {
    expect(() => requireFittingLabels(driver, { ...chosen, volumeDriver: 'rexray' }, { rexray_preempt: 'maybe' })).toThrow('property "labels/rexray_preempt"');
  });

  it('stop the boot where a schema is none, naming each', () => {
    expect(() => assertLabelSchemas([driver])).not.toThrow();
    const broken = { type: 'object', properties: { a: { type: 'string', pattern: '(' } } };
    const unusable = manifest({ capabilities: { ...capabilities, labelsSchema: broken, plugins: [{ kind: 'network', name: 'docker', labelsSchema: { ...broken, requierd: [] } }] } });
    expect(() => assertLabelSchemas([unusable])).toThrow(/capabilities.labelsSchema is no schema: .*\n.*labelsSchema of the network plugin docker is no schema/);
  });
});
