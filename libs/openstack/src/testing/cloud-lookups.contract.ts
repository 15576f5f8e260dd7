import { openCloudLookups } from '../lookup/openstack-lookups.ts';
import type { CloudCaller, CloudLookups, CloudLookupsSource } from '../lookup/cloud-lookups.port.ts';
import { openKeystone } from '../token/keystone.ts';
import type { IdentityUnderTest } from './keystone-token-validator.contract.ts';
import { openCountingHttp } from './counting-http.ts';
import type { CountingHttp } from './counting-http.ts';
import { login } from './login.ts';
import { KEYSTONE_START_TIMEOUT_MS } from './real-keystone.ts';

/** Names of things that the member of `IdentityUnderTest` can see. */
export interface ThingsInCloud {
  readonly image: { readonly name: string; readonly osDistro: string };
  readonly flavor: { readonly name: string; readonly vcpus: number; readonly ramMb: number; readonly diskGb: number };
  readonly keypair: string;
  readonly externalNetwork: string;
  /** Not external. */
  readonly network: string;
  readonly subnet: string;
  /** Of the member's own project, with a router to the external network. */
  readonly routedNetwork?: string;
  /** Name of two images. */
  readonly twinImages?: string;
}

export function cloudLookupsContract(name: string, start: () => Promise<IdentityUnderTest>, things: ThingsInCloud): void {
  describe(`${name} keeps the CloudLookups contract`, () => {
    let cloud: IdentityUnderTest;
    let caller: CloudCaller;
    let http: CountingHttp;
    let source: CloudLookupsSource;
    let lookups: CloudLookups;

    beforeAll(async () => {
      cloud = await start();
      caller = await callerOf(cloud);
    }, KEYSTONE_START_TIMEOUT_MS);
    beforeEach(() => {
      http = openCountingHttp();
      source = openCloudLookups({ http: http.call });
      lookups = source.for(caller);
    });
    afterEach(() => http.close());
    afterAll(() => cloud.close?.());

    it('finds an image by name and by id, with its distribution', async () => {
      const image = await lookups.image(things.image.name);
      expect(image).toMatchObject(things.image);
      expect(await lookups.image(image!.id)).toEqual(image);
    });

    it('finds a flavor by name and by id, with its size', async () => {
      const flavor = await lookups.flavor(things.flavor.name);
      expect(flavor).toMatchObject(things.flavor);
      expect(await lookups.flavor(flavor!.id)).toEqual(flavor);
    });

    it('finds a key pair of the caller', async () => {
      expect(await lookups.keypair(things.keypair)).toEqual({ name: things.keypair });
    });

    it('finds the caller’s own project by its id, and none by its name', async () => {
      const { projectId, projectName } = caller.info;
      expect(await lookups.project(projectId!)).toEqual({ id: projectId, name: projectName });
      const byName = await lookups.project(projectName!).catch((error: unknown) => error);
      // Keystone refuses members before it looks.
      if (byName !== undefined) expect(byName).toMatchObject({ code: 'CLOUD_LOOKUP_FORBIDDEN' });
    });

    it('finds networks by name and by id, and tells which lead outside', async () => {
      const outside = await lookups.externalNetwork(things.externalNetwork);
      const inside = await lookups.network(things.network);
      expect(outside).toMatchObject({ name: things.externalNetwork, external: true });
      expect(inside).toMatchObject({ name: things.network, external: false });
      expect(await lookups.externalNetwork(outside!.id)).toEqual(outside);
      expect(await lookups.network(inside!.id)).toEqual(inside);
      expect(await lookups.network(outside!.id)).toEqual(outside);
    });

    it('does not take an inner network for an external one', async () => {
      const inside = await lookups.network(things.network);
      expect(await lookups.externalNetwork(things.network)).toBeUndefined();
      expect(await lookups.externalNetwork(inside!.id)).toBeUndefined();
    });

    it('finds a subnet by name and by id', async () => {
      const subnet = await lookups.subnet(things.subnet);
      expect(subnet).toMatchObject({ name: things.subnet, networkId: expect.stringMatching(/./) as string });
      expect(await lookups.subnet(subnet!.id)).toEqual(subnet);
    });

    it('tells of the subnets of a network which are for IPv4', async () => {
      const network = await lookups.network(things.network);
      const subnets = await lookups.subnetsOf(network!.id);
      expect(subnets).toContainEqual(await lookups.subnet(things.subnet));
      expect(subnets).toContainEqual(expect.objectContaining({ ipVersion: 4 }));
      expect(await lookups.subnetsOf('6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d7')).toEqual([]);
    });

    it('tells of routers on a network what the caller may see', async () => {
      const network = await lookups.network(things.network);
      expect(await lookups.routerInterfaces(network!.id)).toBeInstanceOf(Array);
      expect(await lookups.routerInterfaces('6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d7')).toEqual([]);
    });

    it.each(['no-such-thing', '6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d7', '', '.', '..', '../..', 'a/b?c=d#e', 'é\u0000', '\ud800', 'in:x'])(
      'finds nothing that is called %j', async (ident) => {
        const { image, flavor, keypair, externalNetwork, network, subnet } = await everything(lookups, ident);
        expect([image, flavor, keypair, externalNetwork, network, subnet]).toEqual(Array<undefined>(6).fill(undefined));
      },
    );

    it('asks the cloud once for what several requests look up', async () => {
      await Promise.all([lookups.image(things.image.name), source.for(caller).image(things.image.name)]);
      await source.for(caller).image(things.image.name);
      expect(http.seen).toHaveLength(1);
    });

    it('refuses a token that the cloud does not take', async () => {
      const stranger = source.for({ ...caller, token: 'made-up' });
      await expect(stranger.image(things.image.name)).rejects.toMatchObject({ code: 'CLOUD_LOOKUP_FORBIDDEN', kind: 'forbidden' });
    });

    it('names the service that is not in the catalog', async () => {
      const lost = source.for({ ...caller, info: { ...caller.info, catalog: [] } });
      await expect(lost.flavor(things.flavor.name)).rejects.toMatchObject({
        code: 'CLOUD_SERVICE_UNAVAILABLE', message: expect.stringContaining('compute service (Nova)') as string,
      });
    });

    if (things.routedNetwork !== undefined) {
      const routed = things.routedNetwork;
      it('tells to which external network the routers of one’s own network lead', async () => {
        const network = await lookups.network(routed);
        expect(network).toMatchObject({ projectId: caller.info.projectId });
        const outside = await lookups.externalNetwork(things.externalNetwork);
        const subnetIds = (await lookups.subnetsOf(network!.id)).filter(({ ipVersion }) => ipVersion === 4).map(({ id }) => id);
        expect(await lookups.routerInterfaces(network!.id)).toEqual([{ subnetIds, leadsTo: { externalNetworkId: outside!.id } }]);
      });
    }

    if (things.twinImages !== undefined) {
      const twins = things.twinImages;
      it('does not choose between two of the same name', async () => {
        await expect(lookups.image(twins)).rejects.toMatchObject({ code: 'CLOUD_NAME_AMBIGUOUS', kind: 'conflict' });
      });
    }
  });
}

async function callerOf(cloud: IdentityUnderTest): Promise<CloudCaller> {
  const keystone = openKeystone({ authUrl: cloud.authUrl, ...cloud.service });
  const token = await login(cloud.authUrl, cloud.member);
  const info = await keystone.validate(token);
  keystone.close();
  if (info === 'invalid') throw new Error('the token of the member is not valid');
  return { token, info };
}

async function everything(lookups: CloudLookups, ident: string) {
  return {
    image: await lookups.image(ident),
    flavor: await lookups.flavor(ident),
    keypair: await lookups.keypair(ident),
    externalNetwork: await lookups.externalNetwork(ident),
    network: await lookups.network(ident),
    subnet: await lookups.subnet(ident),
  };
}
