import type { Named } from '../cloud/cloud.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { DocumentStore } from '../inventory/document-store.ts';
import type { Ids } from '../inventory/ids.ts';
import { hashOf } from './principals.ts';
import type { Principals } from './principals.ts';

export interface AccessRule {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export interface ApplicationCredential extends Named {
  readonly userId: string;
  readonly projectId: string;
  readonly secretHash: string;
  readonly roles: readonly Named[];
  readonly unrestricted: boolean;
  /** As it was written; null: never. */
  readonly expiresAt: string | null;
  /** Null: everything that the roles allow. */
  readonly accessRules: readonly AccessRule[] | null;
}

export interface Trust {
  readonly id: string;
  readonly trustorId: string;
  readonly trusteeId: string;
  readonly projectId: string;
  readonly roles: readonly Named[];
  readonly impersonation: boolean;
}

const CREDENTIALS = 'identity-credential';
const TRUSTS = 'identity-trust';
const RULES = 'identity-access-rule';

/** What users let others do in their name: application credentials, and trusts. They end with their user and their project. */
export class Delegations {
  private readonly credentials = new Map<string, ApplicationCredential>();
  private readonly trusts = new Map<string, Trust>();
  /** By the id of their user: equal rules of a user are one, and outlive the credentials that have them. */
  private readonly rules = new Map<string, { readonly userId: string; readonly rule: AccessRule }>();

  constructor(
    private readonly principals: Principals,
    private readonly documents: DocumentStore,
    private readonly ids: Ids,
  ) {
    for (const { id, document } of documents.load(CREDENTIALS)) this.credentials.set(id, document as ApplicationCredential);
    for (const { id, document } of documents.load(TRUSTS)) this.trusts.set(id, document as Trust);
    for (const { id, document } of documents.load(RULES)) this.rules.set(id, document as { userId: string; rule: AccessRule });
    principals.onRemoved((id) => this.endWith(id));
  }

  credentialsOf(userId: string): readonly ApplicationCredential[] {
    return [...this.credentials.values()].filter((credential) => credential.userId === userId);
  }

  credential(id: string): ApplicationCredential | undefined {
    return this.credentials.get(id);
  }

  /** @throws {ApiError} 409 for a name that the user has used */
  addCredential(given: Omit<ApplicationCredential, 'id' | 'secretHash' | 'accessRules'> & {
    readonly secret: string; readonly accessRules: readonly Omit<AccessRule, 'id'>[] | null;
  }): ApplicationCredential {
    const { secret, accessRules, ...rest } = given;
    if (this.credentialsOf(rest.userId).some(({ name }) => name === rest.name)) {
      throw new ApiError(409, 'Conflict occurred attempting to store application_credential - Duplicate entry found with name '
        + `${rest.name}.`);
    }
    const rules = accessRules?.map((rule) => this.ruleOf(rest.userId, rule)) ?? null;
    const credential = { ...rest, id: this.newId(), secretHash: hashOf(secret), accessRules: rules };
    this.credentials.set(credential.id, credential);
    this.documents.put(CREDENTIALS, credential.id, credential);
    return credential;
  }

  removeCredential(id: string): void {
    if (this.credentials.delete(id)) this.documents.delete(CREDENTIALS, id);
  }

  rulesOf(userId: string): readonly AccessRule[] {
    return [...this.rules.values()].filter((each) => each.userId === userId).map(({ rule }) => rule);
  }

  /** @throws {ApiError} 403 while a credential has it, 404 */
  removeRule(userId: string, id: string): void {
    if (this.rules.get(id)?.userId !== userId) throw notFound('Access Rule', id);
    if (this.credentialsOf(userId).some(({ accessRules }) => accessRules?.some((rule) => rule.id === id))) {
      throw new ApiError(403, `You are not authorized to perform the requested action: Access rule ${id} is in use.`);
    }
    this.rules.delete(id);
    this.documents.delete(RULES, id);
  }

  allTrusts(): readonly Trust[] {
    return [...this.trusts.values()];
  }

  trust(id: string): Trust | undefined {
    return this.trusts.get(id);
  }

  addTrust(given: Omit<Trust, 'id'>): Trust {
    const trust = { ...given, id: this.newId() };
    this.trusts.set(trust.id, trust);
    this.documents.put(TRUSTS, trust.id, trust);
    return trust;
  }

  removeTrust(id: string): void {
    if (this.trusts.delete(id)) this.documents.delete(TRUSTS, id);
  }

  /** Of the given roles those that the user still has in the project. */
  stillHeld(roles: readonly Named[], userId: string, projectId: string): readonly Named[] {
    const held = new Set(this.principals.rolesOf(userId, projectId).map(({ id }) => id));
    const names = this.principals.cloud.withImplied(roles.filter(({ id }) => held.has(id)).map(({ name }) => name));
    return this.principals.cloud.roles.filter(({ name }) => names.has(name));
  }

  private ruleOf(userId: string, given: Omit<AccessRule, 'id'>): AccessRule {
    const same = this.rulesOf(userId).find(({ service, method, path }) => service === given.service && method === given.method && path === given.path);
    if (same) return same;
    const rule = { id: this.newId(), ...given };
    this.rules.set(rule.id, { userId, rule });
    this.documents.put(RULES, rule.id, { userId, rule });
    return rule;
  }

  private endWith(id: string): void {
    for (const { id: credential, userId, projectId } of this.credentials.values()) if (userId === id || projectId === id) this.removeCredential(credential);
    for (const { id: trust, trustorId, trusteeId, projectId } of this.trusts.values()) if ([trustorId, trusteeId, projectId].includes(id)) this.removeTrust(trust);
    for (const [rule, { userId }] of this.rules) {
      if (userId !== id) continue;
      this.rules.delete(rule);
      this.documents.delete(RULES, rule);
    }
  }

  private newId(): string {
    return this.ids.uuid().replaceAll('-', '');
  }
}
