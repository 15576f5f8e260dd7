import { StepFailed } from '@jeroboam/driver-sdk';
import { Cloud } from './cloud.js';

/**
 * @typedef {import('@jeroboam/driver-sdk').BayDriver} BayDriver
 * @typedef {import('@jeroboam/driver-sdk').StepContext} StepContext
 * @typedef {import('@jeroboam/driver-sdk').StepResult} StepResult
 * @typedef {import('./cloud.js').Resource} Resource
 */

/** The steps of each operation. Their names appear in failure reasons: choose them for people. */
const PLANS = {
  create: ['make-nodes', 'report-nodes'],
  resize: ['check-request', 'make-nodes', 'report-nodes', 'remove-nodes'],
  delete: ['remove-nodes'],
};

/** @implements {BayDriver} */
export class Driver {
  #cloud;

  /** @param {string} dataDir a directory of this driver's own; it survives restarts. */
  constructor(dataDir) {
    this.#cloud = new Cloud(dataDir);
  }

  /** @returns {Promise<import('@jeroboam/driver-sdk').Availability>} name here what is missing on this host, and which package brings it. */
  async availability() {
    return { available: true };
  }

  /** @type {BayDriver['plan']} */
  plan({ kind }) {
    return planOf(kind).map((name) => ({ name }));
  }

  /**
   * May be cut off anywhere and run again, by another process: each step looks at what is there before it acts.
   * @type {BayDriver['run']}
   */
  async run(step, context) {
    const { bay, operation, fencingToken, signal } = context;
    if (!planOf(operation.kind).includes(step.name)) throw new StepFailed(`There is no step ${step.name} in ${operation.kind}`, { retryable: false });
    this.#cloud.fence(bay.spec.bayId, fencingToken);
    signal.throwIfAborted();
    switch (step.name) {
      case 'check-request':
        return this.#check(context);
      case 'make-nodes':
        return this.#make(context);
      case 'report-nodes':
        return this.#report(context);
      default:
        return this.#remove(context);
    }
  }

  /** @type {BayDriver['health']} ask the COE here: `api` and `<node>.Ready` are Magnum's names. */
  async health({ spec, nodeGroups }) {
    const nodes = this.#cloud.alive(spec.bayId);
    const observedNodes = Object.fromEntries(nodeGroups.map(({ name }) => [name, nodes.filter((node) => node.nodeGroup === name).length]));
    return { status: 'HEALTHY', reason: { api: 'ok' }, observedNodes };
  }

  /** A refusal comes before any change. @param {StepContext} context @returns {StepResult} */
  #check({ bay, operation }) {
    const known = this.#cloud.ever(bay.spec.bayId).map(nodeOf);
    const strangers = (operation.resize?.nodesToRemove ?? []).filter((wanted) => !known.some((node) => isCalled(node, wanted)));
    if (strangers.length > 0) throw new StepFailed(`There are no nodes ${strangers.join(', ')}`, { retryable: false, blockedBy: strangers });
    return {};
  }

  /** @param {StepContext} context @returns {Promise<StepResult>} */
  async #make(context) {
    const { bay: { spec: { bayId } }, ledger, fencingToken, signal } = context;
    const wanted = this.#lacking(context);
    // First say what will be made, then make it, then say that it is there: so nothing is ever unknown after a crash.
    if (wanted.length > 0) await ledger.intend(wanted.map(entryOf));
    for (const resource of wanted) {
      signal.throwIfAborted();
      this.#cloud.create(bayId, fencingToken, resource);
    }
    await ledger.record(this.#cloud.alive(bayId).map((resource) => ({ ...entryOf(resource), externalId: resource.externalId })));
    return {};
  }

  /** What the COE itself lists; without it the service completes nothing. @param {StepContext} context @returns {StepResult} */
  #report({ bay }) {
    const nodes = this.#cloud.alive(bay.spec.bayId).map(nodeOf);
    const master = nodes.find((node) => node.nodeGroup === 'default-master');
    return { nodesJoined: nodes, outputs: { ...(master ? { apiAddress: `tcp://${master.address}:2376` } : {}), coeVersion: '1.0.0' } };
  }

  /** @param {StepContext} context @returns {Promise<StepResult>} */
  async #remove({ bay, operation, ledger, fencingToken, signal }) {
    const { bayId } = bay.spec;
    const there = this.#cloud.alive(bayId);
    const going = operation.kind === 'delete' ? there : surplus(there, bay.nodeGroups, operation);
    for (const { resourceId } of going) {
      signal.throwIfAborted();
      this.#cloud.destroy(bayId, fencingToken, resourceId);
    }
    const left = this.#cloud.alive(bayId);
    // Also what an earlier try destroyed and could not say.
    const gone = bay.resources.map(({ resourceId }) => resourceId).filter((resourceId) => left.every((resource) => resource.resourceId !== resourceId));
    if (gone.length > 0) await ledger.release(gone);
    const names = new Set(left.map(({ node }) => node));
    return { nodesRemoved: bay.nodes.map(({ name }) => name).filter((name) => !names.has(name)) };
  }

  /** The nodes each group lacks, under names that never were. @param {StepContext} context @returns {Omit<Resource, 'externalId' | 'sequence'>[]} */
  #lacking({ bay: { spec: { bayId }, nodeGroups }, operation }) {
    const stays = this.#cloud.alive(bayId).filter((resource) => !isNamed(resource, operation));
    return nodeGroups.flatMap(({ name: nodeGroup, nodeCount }) => {
      const used = this.#cloud.ever(bayId).filter((resource) => resource.nodeGroup === nodeGroup).length;
      const missing = Math.max(0, nodeCount - stays.filter((resource) => resource.nodeGroup === nodeGroup).length);
      return Array.from({ length: missing }, (_, index) => {
        const node = `${nodeGroup}-${used + index}`;
        return { resourceId: `node/${node}`, type: 'node', name: `${bayId}/${node}`, node, nodeGroup };
      });
    });
  }
}

/** @param {import('@jeroboam/domain').OperationKind} kind @returns {readonly string[]} */
function planOf(kind) {
  const plan = Object.hasOwn(PLANS, kind) ? PLANS[/** @type {keyof typeof PLANS} */ (kind)] : undefined;
  if (!plan) throw new StepFailed(`This driver cannot ${kind}`, { retryable: false });
  return plan;
}

/** Those that are named, then the newest above what is wanted. @param {readonly Resource[]} there @param {import('@jeroboam/domain').BayView['nodeGroups']} nodeGroups @param {StepContext['operation']} operation */
function surplus(there, nodeGroups, operation) {
  const named = there.filter((resource) => isNamed(resource, operation));
  const stays = there.filter((resource) => !named.includes(resource));
  return [...named, ...nodeGroups.flatMap(({ name, nodeCount }) => stays.filter(({ nodeGroup }) => nodeGroup === name).slice(nodeCount))];
}

/** @param {Resource} resource @param {StepContext['operation']} operation */
function isNamed(resource, { resize }) {
  return (resize?.nodesToRemove ?? []).some((wanted) => isCalled(nodeOf(resource), wanted));
}

/** @param {import('@jeroboam/domain').NodeView} node @param {string} wanted */
function isCalled(node, wanted) {
  return wanted === node.name || wanted === node.address || wanted === node.externalId;
}

/** @param {Pick<Resource, 'resourceId' | 'type' | 'name'>} resource */
function entryOf({ resourceId, type, name }) {
  return { resourceId, type, name };
}

/** @param {Resource} resource @returns {import('@jeroboam/domain').NodeView} */
function nodeOf({ node, nodeGroup, externalId, sequence }) {
  return { name: node, nodeGroup, externalId, address: `10.0.${sequence >> 8}.${1 + (sequence & 0xff)}` };
}
