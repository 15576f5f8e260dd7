import type { BayView, OperationView } from '@jeroboam/domain';
import { BayLife } from '@jeroboam/driver-sdk/testing';
import type { LifeOptions, OpenedDriver } from '@jeroboam/driver-sdk/testing';
import type { BayDriver, DriverManifest } from '@jeroboam/driver-sdk';

/** Nothing that passes by itself takes more tries. */
const MOST_TRIES = 12;
const GROUP = 'more';

export interface TriedLifeOptions extends LifeOptions {
  /** Is told how often the step has failed, before it is tried again; may make room, or wait. */
  readonly betweenTries?: (failures: number) => Promise<void>;
}

/** A bay whose steps are tried again as the scheduler tries them; it has a further node group between its resize and its end. */
export class TriedLife {
  readonly life: BayLife;
  /** With the further node group, while there is one. */
  #bay: BayView | undefined;

  constructor(private readonly opened: OpenedDriver, manifest: DriverManifest, private readonly options: TriedLifeOptions) {
    this.life = new BayLife(opened.driver, manifest, options);
  }

  create(): Promise<readonly Error[]> {
    return this.#through(this.life.creation());
  }

  resize(nodeCount: number, nodesToRemove: readonly string[] = []): Promise<readonly Error[]> {
    return this.#through(this.life.resizing(nodeCount, nodesToRemove));
  }

  addNodeGroup(): Promise<readonly Error[]> {
    this.#bay = this.#withGroup(1);
    return this.#through({ ...this.life.creation(), kind: 'create-node-group', nodeGroup: GROUP });
  }

  async deleteNodeGroup(): Promise<readonly Error[]> {
    this.#bay = this.#withGroup(0);
    const failures = await this.#through({ ...this.life.creation(), kind: 'delete-node-group', nodeGroup: GROUP });
    this.#bay = undefined;
    return failures;
  }

  /** Leads the bay to another template, by the code of the driver that has it. */
  moveTo(templateVersion: string, driver: BayDriver): Promise<readonly Error[]> {
    this.life.driver = driver;
    const { bayModelId, imageId, driver: made } = this.bay.spec;
    const to = { bayModelId, imageId, labels: {}, driver: { ...made, templateVersion } };
    const nodeGroups = this.bay.nodeGroups.filter(({ isDefault }) => isDefault).map(({ name }) => name);
    return this.#through({ ...this.life.creation(), kind: 'upgrade', upgrade: { nodeGroups, to, maxBatchSize: 1 } });
  }

  delete(): Promise<readonly Error[]> {
    return this.#through(this.life.deletion());
  }

  /** As the service sees it now. */
  get bay(): BayView {
    return { ...(this.#bay ?? this.life.bay), nodes: this.life.bay.nodes, resources: this.life.ledger.entries() };
  }

  /** What the ledger lists and what there is, which is to be the same. */
  async books(): Promise<{ readonly ledger: readonly string[]; readonly outside: readonly string[] }> {
    const outside = await this.opened.inventory(this.life.bay.spec.bayId);
    const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name).sort();
    return { ledger: names(this.life.ledger.entries()), outside: names(outside) };
  }

  /** @returns what the failed tries said. @throws what no further try can mend. */
  async #through(operation: OperationView): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const step of this.life.driver.plan(operation, this.bay)) {
      for (let attempt = 1; ; attempt += 1) {
        const failure = await this.#tried(() => this.life.runStep(operation, step, { attempt, bay: this.bay }));
        if (!failure) break;
        failures.push(failure);
        if (!(failure as { retryable?: boolean }).retryable || attempt === MOST_TRIES) throw failure;
        await this.options.betweenTries?.(failures.length);
      }
    }
    return failures;
  }

  async #tried(step: () => Promise<unknown>): Promise<Error | undefined> {
    try {
      await step();
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #withGroup(nodeCount: number): BayView {
    const { bay } = this.life;
    const like = bay.nodeGroups.find(({ role }) => role === 'worker')!;
    return { ...bay, nodeGroups: [...bay.nodeGroups, { ...like, nodeGroupId: 'g2', name: GROUP, isDefault: false, nodeCount }] };
  }
}
