import { templatesOf } from '@jeroboam/driver-sdk';
import { manifest } from '../testing/manifests.ts';
import { unknownLabels } from './known-labels.ts';

const { capabilities } = manifest();
const named = (...labels: readonly string[]) => ({ type: 'object', properties: Object.fromEntries(labels.map((label) => [label, { type: 'string' }])) });
const driver = manifest({
  capabilities: {
    ...capabilities,
    labelsSchema: {
      ...named('of_driver'), patternProperties: { '^any_': { type: 'string' } }, allOf: [named('of_part')], if: named('of_condition'), then: { then: named('of_end') },
    },
    plugins: [{ kind: 'volume', name: 'rexray', labelsSchema: named('of_plugin') }],
  },
  ...templatesOf({ version: '1.2.0', files: {}, parameters: { of_template: { type: 'string' } }, outputs: {}, defaultLabels: { of_default: '1' } }),
});
const unknown = (...labels: readonly string[]) => unknownLabels(driver, Object.fromEntries(labels.map((label) => [label, ''])));

describe('a label', () => {
  it.each(['kube_tag', 'mesos_slave_isolation', 'swarm_strategy', 'availability_zone'])('is known where Magnum explains it: %s', (label) => {
    expect(unknown(label)).toEqual([]);
  });

  it.each([
    'of_driver', 'any_thing', 'of_part', 'of_condition', 'of_end', 'of_plugin', 'of_template', 'of_default',
  ])('is known where the driver names it: %s', (label) => {
    expect(unknown(label)).toEqual([]);
  });

  it('is unknown otherwise, also one that is called as something that every object has', () => {
    expect(unknown('kube_tga', 'constructor', 'Kube_tag', 'many_things')).toEqual(['Kube_tag', 'constructor', 'kube_tga', 'many_things']);
  });

  it('is looked for in a driver that says nothing of labels', () => {
    expect(unknownLabels(manifest(), { of_driver: '', kube_tag: '' })).toEqual(['of_driver']);
  });
});
