import { BadRequest } from '../wire/errors.ts';

type Labels = Readonly<Record<string, string>>;

const ISOLATIONS = [
  'filesystem/posix', 'filesystem/linux', 'filesystem/shared', 'posix/cpu', 'posix/mem', 'posix/disk', 'cgroups/cpu', 'cgroups/mem',
  'docker/runtime', 'namespaces/pid',
];
const IMAGE_PROVIDERS = ['docker', 'appc'];
const STRATEGIES = ['spread', 'binpack', 'random'];

/** The labels that Magnum looks into, as long as it had swarm and mesos (releases 3 to 15): contract section 4.2. */
const RULES: Readonly<Record<string, (value: string, labels: Labels) => void>> = {
  mesos_slave_isolation: (value) => requireKnown('mesos_slave_isolation', value.split(','), ISOLATIONS, ', '),
  mesos_slave_image_providers: requireImageProviders,
  mesos_slave_executor_env_variables: requireJson,
  swarm_strategy: (value) => requireKnown('swarm_strategy', value.split(/\s+/).filter((word) => word !== ''), STRATEGIES, ' '),
};

/** @throws {BadRequest} in Magnum's words. */
export function requireUsableLabels(labels: Labels): void {
  for (const [name, rule] of Object.entries(RULES)) if (Object.hasOwn(labels, name)) rule(labels[name]!, labels);
}

function requireKnown(label: string, values: readonly string[], known: readonly string[], separator: string): void {
  const strangers = [...new Set(values)].filter((value) => !known.includes(value));
  if (strangers.length === 0) return;
  const supported = [...known, 'unspecified'].join(', ');
  throw new BadRequest(`property "labels/${label}" with value "${strangers.join(separator)}" is not supported, supported values are: ${supported}`);
}

function requireImageProviders(value: string, labels: Labels): void {
  const providers = value.split(',').map((provider) => provider.toLowerCase());
  for (const provider of providers) requireKnown('mesos_slave_image_providers', [provider], IMAGE_PROVIDERS, ', ');
  const isolations = labels['mesos_slave_isolation']?.split(',') ?? [];
  if (providers.includes('docker') && !isolations.includes('docker/runtime')) {
    throw new BadRequest(
      "Docker runtime isolator has to be specified if 'docker' is included in 'mesos_slave_image_providers' "
      + "Please add 'docker/runtime' to 'mesos_slave_isolation' labels flags",
    );
  }
}

function requireJson(value: string): void {
  try {
    JSON.parse(value);
  } catch (cause) {
    throw new BadRequest('Json format error', undefined, { cause });
  }
}
