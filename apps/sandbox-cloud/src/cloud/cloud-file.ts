import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const name = z.string().min(1).max(255);
const count = z.number().int().min(0);
const keypair = z.strictObject({ name, publicKey: z.string().optional() });

const schema = z.strictObject({
  /** Region of every endpoint. */
  region: name.default('RegionOne'),
  projects: z.array(z.strictObject({ name, description: z.string().default('') })).min(1),
  users: z.array(z.strictObject({
    name,
    password: z.string().min(1),
    /** Role names by project name; `admin`, `member`, `reader` and `service` mean what they mean in Keystone. */
    roles: z.record(name, z.array(name)).default({}),
    /** Key pairs of this user alone. */
    keypairs: z.array(keypair).default([]),
  })).min(1),
  /** Key pairs that every user has from the start. */
  keypairs: z.array(keypair).default([]),
  images: z.array(z.strictObject({
    name,
    id: z.uuid().optional(),
    osDistro: name.optional(),
    /** Image property `magnum_driver`. */
    magnumDriver: name.optional(),
    /** Name of the project that alone sees it; without it everybody does. */
    project: name.optional(),
  })).default([]),
  flavors: z.array(z.strictObject({
    id: name.optional(),
    name,
    vcpus: count,
    ramMb: count,
    diskGb: count,
    /** A server of it takes a machine of this class. */
    resourceClass: name.optional(),
  })).default([]),
  networks: z.array(z.strictObject({
    name,
    id: z.uuid().optional(),
    external: z.boolean().default(false),
    shared: z.boolean().default(false),
    /** Ports of a network without port security cannot have security groups. */
    portSecurity: z.boolean().default(true),
    /** Which wires it runs over: a machine needs a port on them. */
    physicalNetwork: name.optional(),
    /** Name of the external network that a router connects it to. */
    router: name.optional(),
    /** Name of the project that owns it. */
    project: name.optional(),
    subnets: z.array(z.strictObject({ name, id: z.uuid().optional(), cidr: z.union([z.cidrv4(), z.cidrv6()]) })).default([]),
  })).default([]),
  /** Bare metal. */
  machines: z.array(z.strictObject({
    name,
    /** Servers ask for it through their flavor. */
    resourceClass: name.default('baremetal'),
    /** The physical network that each of its ports is on; null fits any. */
    ports: z.array(z.string().nullable()).min(1),
  })).default([]),
});

/** What the sandbox cloud contains, as written in its file. */
export type CloudFile = z.infer<typeof schema>;
export type KeypairSpec = z.infer<typeof keypair>;

/** The file that comes with the package: beside `src` and `dist`, both of which hold this module in `cloud/`. */
export const DEFAULT_CLOUD_FILE = join(import.meta.dirname, '..', '..', 'cloud.json');

/** @throws with a list of everything that is wrong in it. */
export function readCloudFile(path: string = DEFAULT_CLOUD_FILE): CloudFile {
  const text = readFileSync(path, 'utf8');
  return parseCloudFile(JSON.parse(text) as unknown, path);
}

export function parseCloudFile(content: unknown, path: string): CloudFile {
  const parsed = schema.safeParse(content);
  const problems = parsed.success
    ? problemsOf(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (problems.length > 0) throw new Error([`The cloud file ${path} is not usable:`, ...problems].join('\n- '));
  return parsed.data!;
}

/** What a schema cannot see: names that must be unique, and names that must refer to something. */
function problemsOf(file: CloudFile): string[] {
  const projects = new Set(file.projects.map((project) => project.name));
  const referred = [
    ...file.users.flatMap((user) => Object.keys(user.roles).map((project) => [`user ${user.name}`, project] as const)),
    ...file.images.flatMap((image) => (image.project === undefined ? [] : [[`image ${image.name}`, image.project] as const])),
    ...file.networks.flatMap((network) => (network.project === undefined ? [] : [[`network ${network.name}`, network.project] as const])),
  ];
  return [
    ...twice('project', file.projects.map((project) => project.name)),
    ...twice('user', file.users.map((user) => user.name)),
    ...twice('flavor', file.flavors.map((flavor) => flavor.name)),
    ...twice('machine', file.machines.map((machine) => machine.name)),
    // Images and networks may share a name, as in a real cloud, but then each needs an id of its own.
    ...twice('image without an id', file.images.filter(({ id }) => id === undefined).map((image) => image.name)),
    ...twice('network without an id', file.networks.filter(({ id }) => id === undefined).map((network) => network.name)),
    ...referred.filter(([, project]) => !projects.has(project))
      .map(([who, project]) => `${who} refers to project ${project}, which is not there`),
  ];
}

function twice(what: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((each, index) => names.indexOf(each) !== index))].map((each) => `${what} ${each} is there twice`);
}
