import type { CloudFile, KeypairSpec } from './cloud-file.ts';
import { stableId, stableUuid } from './stable-id.ts';

export const DOMAIN = { id: 'default', name: 'Default' } as const;

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Project extends Named {
  readonly description: string;
}

export interface User extends Named {
  readonly password: string;
}

export interface Assignment {
  readonly user: Named;
  readonly project: Project;
  readonly role: Named;
}

export interface Image extends Named {
  readonly osDistro?: string;
  readonly magnumDriver?: string;
  /** Project that alone sees it. */
  readonly ownerId?: string;
}

export interface Flavor extends Named {
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  /** A server of it takes a machine of this class. */
  readonly resourceClass?: string | undefined;
}

/** A computer without a hypervisor. */
export interface Machine extends Named {
  readonly resourceClass: string;
  /** The physical network that each of its ports is on; null fits any. */
  readonly ports: readonly (string | null)[];
}

export interface Subnet extends Named {
  readonly cidr: string;
  readonly networkId: string;
}

export interface Network extends Named {
  readonly external: boolean;
  readonly shared: boolean;
  readonly ownerId: string;
  readonly portSecurity: boolean;
  readonly physicalNetwork: string | null;
  /** Name of the external network that it has a way to. */
  readonly router: string | null;
  readonly subnets: readonly Subnet[];
}

/** Keystone's bootstrap roles: the first implies the second, and so on. */
const IMPLIED: Readonly<Record<string, string>> = { admin: 'member', member: 'reader' };
const BOOTSTRAP_ROLES = ['admin', 'member', 'reader', 'service'];

/** Everything the sandbox was told to contain, with ids. Nothing in here changes. */
export class Cloud {
  readonly region: string;
  readonly roles: readonly Named[];
  readonly projects: readonly Project[];
  readonly users: readonly User[];
  /** As granted; implied roles are not in it. */
  readonly assignments: readonly Assignment[];
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly networks: readonly Network[];
  readonly machines: readonly Machine[];
  private readonly keypairSpecs: ReadonlyMap<string, readonly KeypairSpec[]>;

  constructor(file: CloudFile) {
    this.region = file.region;
    const granted = file.users.flatMap((user) => Object.values(user.roles).flat());
    this.roles = [...new Set([...BOOTSTRAP_ROLES, ...granted])].map((name) => ({ id: stableId('role', name), name }));
    this.projects = file.projects.map(({ name, description }) => ({ id: stableId('project', name), name, description }));
    this.users = file.users.map(({ name, password }) => ({ id: stableId('user', name), name, password }));
    this.assignments = file.users.flatMap((user) => Object.entries(user.roles).flatMap(([project, roles]) => roles.map((role) => ({
      user: byName(this.users, user.name), project: byName(this.projects, project), role: byName(this.roles, role),
    }))));
    this.images = file.images.map(({ name, id, osDistro, magnumDriver, project }) => ({
      id: id ?? stableUuid('image', name), name, ...(osDistro && { osDistro }), ...(magnumDriver && { magnumDriver }),
      ...(project && { ownerId: byName(this.projects, project).id }),
    }));
    this.flavors = file.flavors.map((flavor) => ({ ...flavor, id: flavor.id ?? stableUuid('flavor', flavor.name) }));
    this.networks = file.networks.map((network) => this.networkOf(network));
    this.machines = file.machines.map((machine) => ({ ...machine, id: stableUuid('machine', machine.name) }));
    this.keypairSpecs = new Map(file.users.map((user) => [stableId('user', user.name), [...file.keypairs, ...user.keypairs]]));
  }

  user(id: string): User | undefined {
    return this.users.find((user) => user.id === id);
  }

  project(id: string): Project | undefined {
    return this.projects.find((project) => project.id === id);
  }

  /** Roles of a user in a project, implied ones included. */
  rolesOf(userId: string, projectId: string): readonly Named[] {
    const granted = this.assignments.filter(({ user, project }) => user.id === userId && project.id === projectId);
    const names = this.withImplied(granted.map(({ role }) => role.name));
    return this.roles.filter(({ name }) => names.has(name));
  }

  /** Names of roles with those that they imply. */
  withImplied(names: readonly string[]): ReadonlySet<string> {
    const all = new Set<string>();
    for (const given of names) for (let name: string | undefined = given; name !== undefined; name = IMPLIED[name]) all.add(name);
    return all;
  }

  projectsOf(userId: string): readonly Project[] {
    return this.projects.filter((project) => this.assignments.some((each) => each.user.id === userId && each.project === project));
  }

  /** Key pairs that a user has from the start. */
  keypairsOf(userId: string): readonly KeypairSpec[] {
    return this.keypairSpecs.get(userId) ?? [];
  }

  private networkOf(network: CloudFile['networks'][number]): Network {
    const { name, external, shared, portSecurity, physicalNetwork = null, router = null } = network;
    const id = network.id ?? stableUuid('network', name);
    const owner = network.project === undefined ? this.projects[0]! : byName(this.projects, network.project);
    const subnets = network.subnets.map((subnet) => ({
      id: subnet.id ?? stableUuid('subnet', id, subnet.name), name: subnet.name, cidr: subnet.cidr, networkId: id,
    }));
    return { id, name, external, shared, portSecurity, physicalNetwork, router, ownerId: owner.id, subnets };
  }
}

function byName<T extends Named>(things: readonly T[], name: string): T {
  const thing = things.find((each) => each.name === name);
  if (!thing) throw new Error(`the cloud has nothing called ${name}`); // The cloud file was checked for this.
  return thing;
}
