import { Machines } from '../baremetal/machines.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { KeypairStore } from '../compute/keypair-store.ts';
import { Networks } from '../network/networks.ts';
import type { Clock } from './clock.ts';
import type { DocumentStore } from './document-store.ts';
import { Faults } from './faults.ts';
import type { Ids } from './ids.ts';
import { Inventory } from './inventory.ts';
import { Latency } from './latency.ts';
import type { LatencyTable } from './latency.ts';
import { Metering } from './metering.ts';
import { QuotaLimits } from './quotas.ts';

export interface SimulatedCloudOptions {
  readonly cloud: Cloud;
  readonly keypairs: KeypairStore;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly latency: LatencyTable;
}

/** Everything behind the APIs of the sandbox that can change: what exists, how long things take, what goes wrong. */
export class SimulatedCloud {
  readonly cloud: Cloud;
  readonly keypairs: KeypairStore;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly inventory: Inventory;
  readonly networks: Networks;
  readonly machines: Machines;
  readonly limits: QuotaLimits;
  readonly latency: Latency;
  readonly faults: Faults;
  readonly metering: Metering;

  constructor({ cloud, keypairs, documents, clock, ids, latency }: SimulatedCloudOptions) {
    this.cloud = cloud;
    this.keypairs = keypairs;
    this.documents = documents;
    this.clock = clock;
    this.ids = ids;
    this.metering = new Metering(documents, clock);
    this.inventory = new Inventory(documents, ({ id }) => this.metering.ended(id));
    this.networks = new Networks(cloud, this.inventory);
    this.machines = new Machines(cloud, clock, documents);
    this.limits = new QuotaLimits(documents);
    this.latency = new Latency(documents, latency);
    this.faults = new Faults(documents, clock, ids);
  }
}
