import { CloudServiceUnavailable } from '@jeroboam/openstack';
import type { CloudLookups, CloudLookupsSource, CloudSubnet } from '@jeroboam/openstack';

const IMAGES: Readonly<Record<string, { osDistro: string | null; magnumDriver?: string }>> = {
  'fedora-coreos-38': { osDistro: 'fedora-coreos' },
  'no-distro': { osDistro: null },
  special: { osDistro: 'fedora-coreos', magnumDriver: 'other_driver' },
};
const FLAVORS: Readonly<Record<string, number>> = { 'm1.small': 20, 'm1.diskless': 0 };

const SUBNET: CloudSubnet = { id: 'subnet-1', name: 'private-subnet', networkId: 'net-2', ipVersion: 4 };

/** A cloud with a handful of things in it; `away` lets every look-up fail. */
export class FakeCloud implements CloudLookupsSource, CloudLookups {
  away = false;

  for(): CloudLookups {
    return this;
  }

  close(): void {
    // Nothing is open.
  }

  async image(ident: string) {
    return this.#find(IMAGES, ident, (image) => ({ id: `id-of-${ident}`, name: ident, ...image }));
  }

  async flavor(ident: string) {
    return this.#find(FLAVORS, ident, (diskGb) => ({ id: `id-of-${ident}`, name: ident, vcpus: 1, ramMb: 2048, diskGb }));
  }

  async keypair(name: string) {
    return this.#find({ testkey: true }, name, () => ({ name }));
  }

  async externalNetwork(ident: string) {
    return this.#find({ public: true }, ident, () => ({ id: 'net-1', name: ident, external: true, projectId: 'p9' }));
  }

  async network(ident: string) {
    return this.#find({ private: true, 'net-2': true }, ident, () => ({ id: 'net-2', name: ident, external: false, projectId: 'p1' }));
  }

  async subnet(ident: string) {
    return this.#find({ 'private-subnet': true }, ident, () => SUBNET);
  }

  async subnetsOf() {
    return [SUBNET];
  }

  /** There is none. */
  async routerInterfaces() {
    return [];
  }

  async project(id: string) {
    return this.#find({ p1: true, p2: true, p9: true }, id, () => ({ id, name: `name-of-${id}` }));
  }

  #find<T, R>(things: Readonly<Record<string, T>>, ident: string, as: (thing: T) => R): R | undefined {
    if (this.away) throw new CloudServiceUnavailable('image', 'it is away for a test');
    return Object.hasOwn(things, ident) ? as(things[ident]!) : undefined;
  }
}
