import { hash, timingSafeEqual } from 'node:crypto';
import { DOMAIN } from '../cloud/cloud.ts';
import type { Cloud, Named, Project } from '../cloud/cloud.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { DocumentStore } from '../inventory/document-store.ts';
import type { Ids } from '../inventory/ids.ts';

/** Set aside for users that services make; the cloud file's are all in the other one. */
export const BAYS_DOMAIN = { id: 'bays', name: 'bays' } as const;
export const DOMAINS = [DOMAIN, BAYS_DOMAIN] as const;
/** Whoever is an administrator in this project is one of the whole cloud. */
const ADMIN_PROJECT = 'admin';

export interface Principal extends Named {
  readonly domain: Named;
  readonly passwordHash: string;
  /** Tokens from before are void; milliseconds since 1970. */
  readonly passwordSetAtMs: number;
}

/** A role that was given here; those of the cloud file are in the cloud. */
interface Grant {
  readonly userId: string;
  readonly projectId: string;
  readonly roleId: string;
}

const USERS = 'identity-user';
const GRANTS = 'identity-grant';
/** Users and projects of the cloud file that were deleted. */
const GONE = 'identity-gone';

/** Who there is and who has which role where: the cloud file's users, and those made since. */
export class Principals {
  private readonly made = new Map<string, Principal>();
  /** By the id of their user. */
  private readonly grants = new Map<string, Map<string, Grant>>();
  private readonly fixed: readonly Principal[];
  private readonly gone = new Set<string>();
  private readonly leaving: ((id: string) => void)[] = [];

  constructor(
    readonly cloud: Cloud,
    private readonly documents: DocumentStore,
    private readonly ids: Ids,
    private readonly now: () => number,
  ) {
    for (const { id, document } of documents.load(USERS)) this.made.set(id, document as Principal);
    for (const { document } of documents.load(GRANTS)) this.grantsOf((document as Grant).userId).set(keyOf(document as Grant), document as Grant);
    for (const { id } of documents.load(GONE)) this.gone.add(id);
    this.fixed = cloud.users.map(({ id, name, password }) => ({ id, name, domain: DOMAIN, passwordHash: hashOf(password), passwordSetAtMs: 0 }));
  }

  /** Told the id of every user and project that is deleted. */
  onRemoved(listener: (id: string) => void): void {
    this.leaving.push(listener);
  }

  users(): readonly Principal[] {
    return [...this.fixed.filter(({ id }) => !this.gone.has(id) && !this.made.has(id)), ...this.made.values()];
  }

  user(id: string): Principal | undefined {
    return this.made.get(id) ?? (this.gone.has(id) ? undefined : this.fixed.find((user) => user.id === id));
  }

  projects(): readonly Project[] {
    return this.cloud.projects.filter(({ id }) => !this.gone.has(id));
  }

  project(id: string): Project | undefined {
    return this.projects().find((project) => project.id === id);
  }

  /** Roles in a project, implied ones included; none where either is gone. */
  rolesOf(userId: string, projectId: string): readonly Named[] {
    if (this.gone.has(userId) || this.gone.has(projectId)) return [];
    const given = [...this.grants.get(userId)?.values() ?? []].filter((grant) => grant.projectId === projectId).map(({ roleId }) => roleId);
    const names = this.cloud.withImplied(this.cloud.roles.filter(({ id }) => given.includes(id)).map(({ name }) => name));
    const fixed = new Set(this.cloud.rolesOf(userId, projectId).map(({ id }) => id));
    return this.cloud.roles.filter(({ id, name }) => fixed.has(id) || names.has(name));
  }

  projectsOf(userId: string): readonly Project[] {
    return this.projects().filter(({ id }) => this.rolesOf(userId, id).length > 0);
  }

  /** What was granted here, beside the cloud file's. */
  given(): { readonly user: Principal; readonly project: Project; readonly role: Named }[] {
    return [...this.grants.values()].flatMap((grants) => [...grants.values()]).map(({ userId, projectId, roleId }) => ({
      user: this.user(userId)!, project: this.project(projectId)!, role: this.cloud.roles.find(({ id }) => id === roleId)!,
    }));
  }

  /** Roles in the whole cloud. */
  systemRolesOf(userId: string): readonly Named[] {
    const project = this.cloud.projects.find(({ name }) => name === ADMIN_PROJECT);
    const roles = project ? this.rolesOf(userId, project.id) : [];
    return roles.some(({ name }) => name === 'admin') ? roles : [];
  }

  hasPassword(user: Principal | undefined, password: string): boolean {
    // Also an unknown user's password is compared, so that the time taken does not tell which users there are.
    const right = timingSafeEqual(Buffer.from(hashOf(password)), Buffer.from(user?.passwordHash ?? hashOf('')));
    return right && user !== undefined;
  }

  /** @throws {ApiError} 409 */
  addUser(name: string, password: string, domainId: string): Principal {
    const domain = DOMAINS.find(({ id }) => id === domainId);
    if (!domain) throw notFound('domain', domainId);
    if (this.users().some((user) => user.name === name && user.domain.id === domainId)) {
      throw new ApiError(409, 'Conflict occurred attempting to store user - Duplicate entry found with name '
        + `${name} at domain ID ${domainId}.`);
    }
    return this.keep({ id: this.ids.uuid().replaceAll('-', ''), name, domain, passwordHash: hashOf(password), passwordSetAtMs: this.now() });
  }

  /** @throws {ApiError} 404 */
  setPassword(id: string, password: string): Principal {
    return this.keep({ ...this.required(id), passwordHash: hashOf(password), passwordSetAtMs: this.now() });
  }

  /** With all it has. @throws {ApiError} 404 */
  removeUser(id: string): void {
    this.required(id);
    if (this.made.delete(id)) this.documents.delete(USERS, id);
    this.remove(id, ({ userId }) => userId === id);
  }

  /** @throws {ApiError} 404 */
  removeProject(id: string): void {
    if (!this.project(id)) throw notFound('project', id);
    this.remove(id, ({ projectId }) => projectId === id);
  }

  /** @throws {ApiError} 404 */
  grant(grant: Grant): void {
    this.requireGrantable(grant);
    this.grantsOf(grant.userId).set(keyOf(grant), grant);
    this.documents.put(GRANTS, keyOf(grant), grant);
  }

  /** @throws {ApiError} 404 */
  withdraw(grant: Grant): void {
    if (!this.grants.get(grant.userId)?.delete(keyOf(grant))) throw notFound('role assignment', grant.roleId);
    this.documents.delete(GRANTS, keyOf(grant));
  }

  private grantsOf(userId: string): Map<string, Grant> {
    const grants = this.grants.get(userId) ?? new Map<string, Grant>();
    this.grants.set(userId, grants);
    return grants;
  }

  private requireGrantable({ userId, projectId, roleId }: Grant): void {
    this.required(userId);
    if (!this.project(projectId)) throw notFound('project', projectId);
    if (!this.cloud.roles.some(({ id }) => id === roleId)) throw notFound('role', roleId);
  }

  private remove(id: string, isOf: (grant: Grant) => boolean): void {
    for (const grant of [...this.grants.values()].flatMap((grants) => [...grants.values()]).filter(isOf)) this.withdraw(grant);
    this.gone.add(id);
    this.documents.put(GONE, id, {});
    for (const listener of this.leaving) listener(id);
  }

  private required(id: string): Principal {
    const user = this.user(id);
    if (!user) throw notFound('user', id);
    return user;
  }

  private keep(user: Principal): Principal {
    this.made.set(user.id, user);
    this.documents.put(USERS, user.id, user);
    return user;
  }
}

function keyOf({ userId, projectId, roleId }: Grant): string {
  return `${userId}/${projectId}/${roleId}`;
}

/** Of what only a sandbox keeps: passwords that everybody knows, or long random ones. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}
