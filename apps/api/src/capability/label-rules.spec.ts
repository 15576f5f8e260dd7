import { requireUsableLabels } from './label-rules.ts';

describe('labels that Magnum looks into', () => {
  it.each([
    {}, { swarm_strategy: 'spread' }, { swarm_strategy: 'binpack random' }, { swarm_strategy: '' }, { mesos_slave_isolation: 'posix/cpu,cgroups/mem' },
    { mesos_slave_image_providers: 'appc' }, { mesos_slave_image_providers: 'Docker', mesos_slave_isolation: 'docker/runtime' },
    { mesos_slave_executor_env_variables: '{"A": 1}' }, { anything: 'else' },
  ])('may be %j', (labels) => {
    expect(() => requireUsableLabels(labels as Record<string, string>)).not.toThrow();
  });

  it.each<[Record<string, string>, string | RegExp]>([
    [{ swarm_strategy: 'spread first' }, 'property "labels/swarm_strategy" with value "first" is not supported, supported values are: spread, binpack, random, unspecified'],
    [{ mesos_slave_isolation: 'posix/cpu,abc' }, 'property "labels/mesos_slave_isolation" with value "abc" is not supported, supported values are: filesystem/posix,'],
    [{ mesos_slave_image_providers: 'docker,rkt' }, 'property "labels/mesos_slave_image_providers" with value "rkt" is not supported, supported values are: docker, appc, unspecified'],
    [{ mesos_slave_image_providers: 'docker', mesos_slave_isolation: 'posix/cpu' }, /^Docker runtime isolator has to be specified .* flags$/],
    [{ mesos_slave_executor_env_variables: '{A' }, 'Json format error'],
  ])('may not be %j', (labels, refusal) => {
    expect(() => requireUsableLabels(labels)).toThrow(refusal);
  });
});
