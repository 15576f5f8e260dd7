import { randomUUID } from 'node:crypto';
import type { BaySpec } from '@jeroboam/domain';
import { membersOf } from '../bay/members.ts';
import type { HeatCloud } from '../blueprint.ts';
import { MASTERS, WORKERS, scaleOf } from '../stack/stack-change.ts';
import type { ScaleParameters } from '../stack/stack-change.ts';
import type { StackFailure, StackRef } from '@jeroboam/openstack';
import type { FoundStack, NewStack, StackService, StackUpdate } from '../stack/stack-service.port.ts';

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly ownerTag: string;
  template: unknown;
  parameters: Record<string, string>;
  action: string;
  progress: FoundStack['progress'];
  reason: string;
  /** Looks that still find it in progress. */
  busy: number;
  changedAtMs: number;
  readonly servers: Map<string, string>;
}

/** The next change of a stack goes wrong like this. */
export type FakeFault = Partial<Omit<StackFailure, 'reason'>> & { readonly reason: string };

/** A Heat that reads no template: it knows our parameters and has as many servers as they say. */
export class FakeHeat implements StackService {
  readonly #stacks = new Map<string, Kept>();
  readonly #faults: FakeFault[] = [];
  #current: FakeFault | undefined;
  /** Calls that changed something, e.g. `create a-bay-xyz`. */
  readonly journal: string[] = [];
  /** How many looks find a stack in progress after each change. */
  slowness = 1;

  /** The next changes fail, one after the other. */
  breakNext(...faults: readonly FakeFault[]): void {
    this.#faults.push(...faults);
  }

  stacksOf(bayId: string): readonly StackRef[] {
    return [...this.#stacks.values()].filter(({ ownerTag }) => ownerTag.endsWith(bayId)).map(({ name, id }) => ({ name, id }));
  }

  parametersOf(name: string): Readonly<Record<string, string>> {
    return this.#stacks.get(name)?.parameters ?? {};
  }

  templateOf(name: string): unknown {
    return this.#stacks.get(name)?.template;
  }

  async create({ name, ownerTag, parameters, template }: NewStack): Promise<StackRef> {
    const there = this.#stacks.get(name);
    if (there) return { name, id: there.id };
    const stack: Kept = { id: randomUUID(), name, ownerTag, template, parameters: textsOf(parameters), action: 'CREATE', progress: 'in-progress', reason: '', busy: 0, changedAtMs: 0, servers: new Map() };
    this.#stacks.set(name, stack);
    this.#begin(stack, 'CREATE');
    return { name, id: stack.id };
  }

  async find(ident: string | StackRef): Promise<FoundStack | undefined> {
    const name = typeof ident === 'string' ? ident : ident.name;
    const stack = this.#stacks.get(name);
    if (!stack || (typeof ident !== 'string' && ident.id !== stack.id)) return undefined;
    if (stack.progress === 'in-progress' && (stack.busy -= 1) < 0) this.#end(stack);
    if (!this.#stacks.has(name)) return undefined;
    const { id, parameters, action, progress, reason, changedAtMs } = stack;
    return { id, name, createdAt: new Date(changedAtMs).toISOString(), parameters: { ...parameters }, action, progress, reason, outputs: progress === 'complete' ? outputsOf(stack) : {} };
  }

  async listByTag(ownerTag: string): Promise<readonly StackRef[]> {
    return [...this.#stacks.values()].filter((stack) => stack.ownerTag === ownerTag).map(({ name, id }) => ({ name, id }));
  }

  async update({ name }: StackRef, { parameters, template }: StackUpdate): Promise<void> {
    const stack = this.#stacks.get(name)!;
    stack.template = template ?? stack.template;
    stack.parameters = { ...stack.parameters, ...textsOf(parameters) };
    this.#begin(stack, 'UPDATE');
  }

  async delete({ name }: StackRef): Promise<void> {
    const stack = this.#stacks.get(name);
    if (stack) this.#begin(stack, 'DELETE');
  }

  async resources({ name }: StackRef): Promise<readonly { readonly updatedAt: string }[]> {
    const stack = this.#stacks.get(name);
    return stack ? [{ updatedAt: new Date(stack.changedAtMs).toISOString() }] : [];
  }

  /** As when an engine of Heat dies: what is in progress stays so until it is asked for again. */
  forget(): void {
    for (const stack of this.#stacks.values()) if (stack.progress === 'in-progress') Object.assign(stack, { busy: Infinity, changedAtMs: 0 });
  }

  async failure({ name }: StackRef): Promise<StackFailure | undefined> {
    const stack = this.#stacks.get(name);
    if (stack?.progress !== 'failed') return undefined;
    return { path: ['workers', '0', 'server'], type: 'OS::Nova::Server', service: 'compute', cause: 'other', ...this.#current, reason: stack.reason };
  }

  #begin(stack: Kept, action: string): void {
    this.journal.push(`${action.toLowerCase()} ${stack.name}`);
    Object.assign(stack, { action, progress: 'in-progress', reason: '', busy: this.slowness, changedAtMs: Date.now() });
  }

  #end(stack: Kept): void {
    const fault = this.#faults.shift();
    if (fault) {
      this.#current = fault;
      Object.assign(stack, { progress: 'failed', reason: fault.reason });
      return;
    }
    if (stack.action === 'DELETE') this.#stacks.delete(stack.name);
    else stack.progress = 'complete';
  }
}

/** One that is there at once and in which nothing runs. */
export function fakeHeatCloud(heat: StackService, more: Partial<HeatCloud> = {}): HeatCloud {
  return {
    stacks: (_bay: BaySpec) => heat, authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', simulated: true,
    network: async (_bay, ident) => ({ id: ident, portSecurity: true }), ...more,
  };
}

function outputsOf(stack: Kept): Record<string, unknown> {
  const members = (names: ScaleParameters) => membersOf(scaleOf(stack, names)).map(String);
  const server = (role: string, number: string) => {
    const key = `${role}-${number}`;
    if (!stack.servers.has(key)) stack.servers.set(key, randomUUID());
    return stack.servers.get(key)!;
  };
  const values = (role: string, names: ScaleParameters, value: (number: string) => string) =>
    ({ [role]: Object.fromEntries(members(names).map((number) => [number, value(number)])) });
  const last = stack.id.codePointAt(0)! % 200;
  return {
    api_address: `https://10.${last}.1.1:6443`, coe_version: 'v1.0.0',
    ...values('master_addresses', MASTERS, (number) => `10.${last}.1.${Number(number) + 1}`),
    ...values('master_servers', MASTERS, (number) => server('master', number)),
    ...values('worker_addresses', WORKERS, (number) => `10.${last}.2.${Number(number) + 1}`),
    ...values('worker_servers', WORKERS, (number) => server('worker', number)),
  };
}

function textsOf(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
}
