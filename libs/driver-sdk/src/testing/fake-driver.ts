import { X509Certificate } from 'node:crypto';
import type { BayView, NodeGroupView, NodeView, OperationView } from '@jeroboam/domain';
import { WITHDRAW_OLD_STEP } from '../ca-rotation.ts';
import { StepFailed } from '../driver.contract.ts';
import type {
  Availability,
  BayDriver,
  BayHealth,
  DriverDependencies,
  DriverManifest,
  LedgerEntry,
  PlannedStep,
  StepContext,
  StepResult,
} from '../driver.contract.ts';
import { FakeCloud } from './fake-cloud.ts';
import type { FakeResource } from './fake-cloud.ts';
import { faultsAfter, faultsBefore } from './fake-faults.ts';

const RESIZE = ['select-nodes', 'make-nodes', 'join-nodes', 'remove-nodes'] as const;

const PLANS: { readonly [Kind in OperationView['kind']]?: readonly string[] } = {
  create: ['make-network', 'make-nodes', 'join-nodes'],
  resize: RESIZE,
  'create-node-group': RESIZE,
  'update-node-group': [],
  'delete-node-group': RESIZE,
  upgrade: ['replace-nodes'],
  'rotate-ca': ['trust-both-authorities', WITHDRAW_OLD_STEP, 'forget-old-authority'],
  'rotate-credential': ['replace-credential'],
  delete: ['remove-nodes', 'remove-network'],
};

/** A driver whose cloud is a file (see `FakeCloud`) and whose faults are asked for by labels (see `FakeLabels`). */
class FakeDriver implements BayDriver {
  readonly #cloud: FakeCloud;

  constructor({ dataDir }: Pick<DriverDependencies, 'dataDir'>) {
    this.#cloud = new FakeCloud(dataDir);
  }

  async availability(): Promise<Availability> {
    return { available: true };
  }

  plan(operation: OperationView): readonly PlannedStep[] {
    const plan = PLANS[operation.kind];
    if (!plan) throw new StepFailed(`the fake driver cannot ${operation.kind}`, { retryable: false });
    return plan.map((name) => ({ name }));
  }

  async run(step: PlannedStep, context: StepContext): Promise<StepResult> {
    const { bay, operation, fencingToken, signal } = context;
    // The withdrawal is in the plan and the service's to do.
    if (!PLANS[operation.kind]?.includes(step.name) || step.name === WITHDRAW_OLD_STEP)
      throw new StepFailed(`the fake driver has no step ${step.name} in ${operation.kind}`, { retryable: false });
    this.#cloud.fence(bay.spec.bayId, fencingToken, operation.operationId, step.name);
    await faultsBefore(step.name, context);
    signal.throwIfAborted();
    switch (step.name) {
      case 'make-network':
        return this.#make([this.#network(context)], step.name, context);
      case 'select-nodes':
        return this.#select(context);
      case 'make-nodes':
        return this.#make(this.#wanted(context), step.name, context);
      case 'join-nodes':
        return this.#join(context);
      case 'remove-nodes':
        return this.#removeNodes(context);
      case 'trust-both-authorities':
        return this.#make(await this.#trusted(context), step.name, context);
      case 'forget-old-authority':
        return this.#destroy(await this.#distrusted(context), step.name, context);
      case 'replace-nodes':
      case 'replace-credential':
        return {};
      default:
        return this.#destroy(this.#cloud.alive(bay.spec.bayId), step.name, context);
    }
  }

  async health({ spec, nodes, nodeGroups }: BayView): Promise<BayHealth> {
    const asked = spec.labels['fake_health'];
    const status = asked === 'UNHEALTHY' || asked === 'UNKNOWN' ? asked : 'HEALTHY';
    const there = this.#nodes(spec.bayId);
    const alive = new Set(there.map((node) => node.name));
    const lost = nodes.filter((node) => !alive.has(node.name));
    const reason = Object.fromEntries(nodes.map((node) => [`${node.name}.Ready`, lost.includes(node) ? 'False' : 'True']));
    return {
      status: lost.length > 0 ? 'UNHEALTHY' : status,
      reason: { api: status === 'HEALTHY' ? 'ok' : 'asked for by label', ...reason },
      observedNodes: Object.fromEntries(nodeGroups.map(({ name }) => [name, there.filter((node) => node.nodeGroup === name).length])),
    };
  }

  #network({ bay, operation }: StepContext): FakeResource {
    return { resourceId: 'network', type: 'network', name: `net-${bay.spec.bayId}`, operationId: operation.operationId };
  }

  /** What the bay's nodes are to trust: CA certificates by their fingerprints. A bay that was never rotated lists none. */
  async #trusted({ bay, operation, certificates }: StepContext): Promise<readonly FakeResource[]> {
    return (await certificates.trusted()).map((pem) => {
      const resourceId = `trust/${new X509Certificate(pem).fingerprint256}`;
      return { resourceId, type: 'trust', name: `${bay.spec.bayId}/${resourceId}`, operationId: operation.operationId };
    });
  }

  async #distrusted(context: StepContext): Promise<readonly FakeResource[]> {
    const trusted = new Set((await this.#trusted(context)).map(({ resourceId }) => resourceId));
    return this.#cloud.alive(context.bay.spec.bayId).filter(({ resourceId, type }) => type === 'trust' && !trusted.has(resourceId));
  }

  /** The nodes each group lacks, under names that never were. Looks at the cloud, so a second try makes only the rest. */
  #wanted({ bay, operation }: StepContext): readonly FakeResource[] {
    const ever = this.#cloud.ever(bay.spec.bayId);
    const stays = this.#nodes(bay.spec.bayId).filter((node) => !this.#isNamed(node, operation));
    return bay.nodeGroups.flatMap((group) => {
      const used = ever.filter((resource) => resource.type === 'node' && groupOf(resource.resourceId) === group.name).length;
      const lacking = Math.max(0, group.nodeCount - stays.filter((node) => node.nodeGroup === group.name).length);
      return Array.from({ length: lacking }, (_, index) => {
        const resourceId = `node/${group.name}-${used + index}`;
        return { resourceId, type: 'node', name: `${bay.spec.bayId}/${resourceId}`, operationId: operation.operationId };
      });
    });
  }

  async #make(resources: readonly FakeResource[], step: string, context: StepContext): Promise<StepResult> {
    const {
      bay: {
        spec: { bayId },
      },
      ledger,
      signal,
    } = context;
    const alive = new Set(this.#cloud.alive(bayId).map((resource) => resource.resourceId));
    const missing = resources.filter((resource) => !alive.has(resource.resourceId));
    if (missing.length > 0) await ledger.intend(missing.map(entryOf));
    for (const resource of missing) {
      signal.throwIfAborted();
      this.#cloud.create(bayId, context.fencingToken, step, resource);
    }
    faultsAfter(step, context);
    await ledger.record(this.#cloud.alive(bayId).map((resource) => ({ ...entryOf(resource), externalId: `fake-${resource.resourceId}` })));
    return {};
  }

  #select({ bay, operation }: StepContext): StepResult {
    const known = this.#cloud
      .ever(bay.spec.bayId)
      .filter((resource) => resource.type === 'node')
      .map((resource) => nodeOf(resource));
    const strangers = (operation.resize?.nodesToRemove ?? []).filter((named) => !known.some((node) => isCalled(node, named)));
    if (strangers.length > 0)
      throw new StepFailed(`there are no nodes ${strangers.join(', ')}`, { retryable: false, blockedBy: strangers });
    return {};
  }

  #join({ bay }: StepContext): StepResult {
    const nodes = this.#nodes(bay.spec.bayId);
    const master = nodes.find((node) => roleOf(node, bay.nodeGroups) === 'master');
    return {
      nodesJoined: nodes,
      outputs: {
        stackId: `fake-${bay.spec.bayId}`,
        ...(master ? { apiAddress: `tcp://${master.address}:2376` } : {}),
        coeVersion: '1.0.0',
        containerVersion: '1.0.0',
      },
    };
  }

  async #removeNodes(context: StepContext): Promise<StepResult> {
    const {
      bay: {
        spec: { bayId },
      },
      operation,
    } = context;
    const nodes = this.#nodes(bayId);
    const going = operation.kind === 'delete' ? nodes : this.#surplus(nodes, context);
    const names = new Set(going.map((node) => `node/${node.name}`));
    await this.#destroy(
      this.#cloud.alive(bayId).filter((resource) => names.has(resource.resourceId)),
      'remove-nodes',
      context,
    );
    const left = new Set(this.#nodes(bayId).map((node) => node.name));
    return { nodesRemoved: context.bay.nodes.map((node) => node.name).filter((name) => !left.has(name)) };
  }

  /** Those that are named, then the newest above what is wanted. */
  #surplus(nodes: readonly NodeView[], { bay, operation }: StepContext): readonly NodeView[] {
    const named = nodes.filter((node) => this.#isNamed(node, operation));
    const stays = nodes.filter((node) => !named.includes(node));
    const tooMany = bay.nodeGroups.flatMap((group) => stays.filter((node) => node.nodeGroup === group.name).slice(group.nodeCount));
    return [...named, ...tooMany];
  }

  /** Destroys what is there, then has the ledger forget it, and everything it knows of those kinds that is not there. */
  async #destroy(resources: readonly FakeResource[], step: string, context: StepContext): Promise<StepResult> {
    const {
      bay: {
        spec: { bayId },
        resources: listed,
      },
      ledger,
      signal,
      operation,
    } = context;
    for (const resource of resources) {
      signal.throwIfAborted();
      this.#cloud.destroy(bayId, context.fencingToken, step, { ...resource, operationId: operation.operationId });
    }
    faultsAfter(step, context);
    const alive = new Set(this.#cloud.alive(bayId).map((resource) => resource.resourceId));
    const gone = listed.map((resource) => resource.resourceId).filter((resourceId) => !alive.has(resourceId));
    if (gone.length > 0) await ledger.release(gone);
    return {};
  }

  #isNamed(node: NodeView, { resize }: OperationView): boolean {
    return resize?.nodesToRemove.some((named) => isCalled(node, named)) ?? false;
  }

  #nodes(bayId: string): readonly NodeView[] {
    return this.#cloud
      .alive(bayId)
      .filter((resource) => resource.type === 'node')
      .map(nodeOf);
  }
}

function entryOf({ resourceId, type, name }: FakeResource): LedgerEntry {
  return { resourceId, type, name };
}

function nodeOf({ resourceId, name }: FakeResource): NodeView {
  const nodeName = resourceId.slice('node/'.length);
  return { name: nodeName, nodeGroup: groupOf(resourceId), address: addressOf(name), externalId: `fake-${resourceId}` };
}

function groupOf(resourceId: string): string {
  return resourceId.slice('node/'.length, resourceId.lastIndexOf('-'));
}

/** A made-up address that is always the same for the same resource (FNV-1a over its name, in 10.0.0.0/8). */
function addressOf(name: string): string {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return `10.${hash & 0xff}.${(hash >>> 8) & 0xff}.${1 + ((hash >>> 16) % 254)}`;
}

function roleOf(node: NodeView, groups: readonly NodeGroupView[]): string | undefined {
  return groups.find((group) => group.name === node.nodeGroup)?.role;
}

function isCalled(node: NodeView, name: string): boolean {
  return name === node.name || name === node.address || name === node.externalId;
}

export const fakeDriverManifest: DriverManifest = {
  name: 'fake',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  state: 'active',
  description: 'Simulated bays for tests: the cloud is a file, faults are asked for by labels.',
  provides: [{ serverType: 'vm', os: 'cirros', coe: 'swarm-mode' }],
  templateVersions: ['1.0.0'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade', 'upgrade-template', 'rotate-ca', 'rotate-credential', 'health'],
    networkDrivers: ['docker', 'flannel', 'calico'],
    volumeDrivers: ['cinder', 'rexray'],
    storageDrivers: ['overlay2', 'devicemapper'],
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 1000,
    limitations: ['Nothing it makes exists.'],
  },
  create: (dependencies) => new FakeDriver(dependencies),
};

export const drivers: readonly DriverManifest[] = [fakeDriverManifest];
