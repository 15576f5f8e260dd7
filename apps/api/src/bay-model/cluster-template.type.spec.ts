import { manifest } from '../testing/manifests.ts';
import { clusterTemplateType } from './cluster-template.type.ts';

const NOMAD = manifest({ provides: [{ serverType: 'vm', os: 'ubuntu', coe: 'nomad' }] });
const asked = { coe: 'nomad', image_id: 'ubuntu' };

describe('clusterTemplateType', () => {
  it('takes any COE that a loaded driver can make', () => {
    expect(clusterTemplateType({ manifests: [NOMAD] }).read(asked)).toEqual(asked);
  });

  it('refuses, in the words of Magnum, a COE that neither it nor any driver knows', () => {
    const refused = "Invalid input for field/attribute coe. Value: 'nomad'. Value should be one of: kubernetes, mesos, dcos, swarm, swarm-mode";
    expect(() => clusterTemplateType({ manifests: [manifest()] }).read(asked)).toThrow(refused);
  });
});
