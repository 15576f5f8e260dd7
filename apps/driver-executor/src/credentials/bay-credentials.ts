import { hash, randomBytes } from 'node:crypto';
import { isDomainError } from '@jeroboam/domain';
import type { AccessRuleFinding, BayView, CredentialMode, CredentialView, OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import { AccessRulesNotEnforced, NoRoleToPassOn, PURPOSES, Secret, bayPrefix, credentialName, credentialRefs, readCredential, readCurrent, rolesToPassOn, writeCredential } from '@jeroboam/openstack';
import type { AccessRuleProbe, BayKeystone, CloudCredentials, CredentialIntent, CurrentCredential, MadeCredential, Outcome, OwnerRef, Purpose } from '@jeroboam/openstack';
import type { Clock, Timers } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';
import { distributed, missingOf } from './credential-distribution.ts';
import type { Waiting } from './credential-distribution.ts';
import type { CredentialLedger } from './credential-ledger.ts';

export interface BayCredentialOptions {
  readonly keystone: BayKeystone;
  /** The only place where what is secret is kept. */
  readonly secrets: SecretStore;
  /** Of bays that are made from now on; each keeps the one it was made with. */
  readonly mode: CredentialMode;
  /** Roles that a bay may get, of those that its requester holds. */
  readonly roles: readonly string[];
  readonly lifetimeDays: number;
  /** How long an old one goes on for nodes that do not take the new one. */
  readonly overlapMinutes: number;
  /** Mints also where a service does not enforce access rules. */
  readonly withoutAccessRules: boolean;
  probe(probe: AccessRuleProbe, as: CloudCredentials): Promise<AccessRuleFinding>;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** What one step works with. */
export interface CredentialWork {
  readonly bay: BayView;
  readonly operation: Pick<OperationView, 'operationId' | 'rotation'>;
  readonly ledger: CredentialLedger;
  /** RFC 3339 UTC: when the operation is given up. */
  readonly deadlineAt?: string;
}

const PASSWORD_BYTES = 32;
const DAY_MS = 86_400_000;

/**
 * Makes, proves and takes away what bays have in Keystone. Every part may be cut off and done again: names are in the
 * ledger before anything is made, and what an earlier try made under one is made anew.
 */
export class BayCredentials {
  /** By service: what it does with access rules is of the cloud, not of the bay. */
  readonly #findings = new Map<string, { readonly finding: AccessRuleFinding; readonly untilMs: number }>();

  constructor(private readonly options: BayCredentialOptions) {}

  /** One for each purpose, by this operation. What there was before goes on working. Of the requester nothing is left once it has come to an end. */
  async mint(work: CredentialWork, purposes: readonly Purpose[]): Promise<void> {
    const token = credentialRefs.requester(work.bay.spec.bayId, work.operation.operationId);
    try {
      await this.#mintAll(work, purposes);
    } catch (error) {
      if (error instanceof StepFailed && !error.retryable) await this.options.secrets.destroy(token);
      throw error;
    }
    await this.options.secrets.destroy(token);
  }

  async #mintAll(work: CredentialWork, purposes: readonly Purpose[]): Promise<void> {
    const { bay, operation } = work;
    for (const purpose of purposes) {
      const ours = ofPurpose(bay, purpose).find(({ operationId }) => operationId === operation.operationId);
      const generation = ours ? generationOf(ours) : 1 + Math.max(0, ...ofPurpose(bay, purpose).map(generationOf));
      const isThere = ours?.state === 'minted' && (await this.#secretOf(bay, purpose, generation)) !== undefined;
      // Who mints is asked for each: a rotation of `control` changes it; and only where it is needed: a try that was cut off at its end has
      // left nothing of the requester.
      if (!isThere) await this.#mintOne(work, await this.#minter(work), purpose, generation);
      await this.#countIfFirst(bay, purpose, generation);
    }
  }

  /** Logs in with the newest of each purpose that is rotated; from then on they are the ones that count. */
  async prove(work: Pick<CredentialWork, 'bay' | 'operation'>): Promise<void> {
    const { secrets, keystone, clock } = this.options;
    const { bay } = work;
    for (const purpose of rotatedBy(work)) {
      const generation = generationOf(newest(ofPurpose(bay, purpose)));
      const kept = await this.#secretOf(bay, purpose, generation);
      if (kept === undefined) throw new StepFailed(`The secret of the credential for ${purpose} is not in the secret store`, { retryable: false });
      await keystone.prove(readCredential(kept));
      const current = await this.#current(bay, purpose);
      // Done again, it goes on counting from when it did: nodes have been given it since.
      const since = current?.generation === generation && current.since !== undefined ? current.since : clock.now().toISOString();
      await secrets.put(credentialRefs.current(bay.spec.bayId, purpose), JSON.stringify({ generation, since }));
    }
  }

  /** Lets nodes take the newest of each purpose that is rotated before the others go. */
  async distribute(work: CredentialWork, waiting: Waiting): Promise<void> {
    const { bay, ledger, deadlineAt } = work;
    const purposes = rotatedBy(work).filter((purpose) => oldOf(bay, purpose).length > 0);
    if (purposes.length === 0) return;
    const old = purposes.flatMap((purpose) => oldOf(bay, purpose)).map(({ name }) => name);
    const since = (await Promise.all(purposes.map((purpose) => this.#since(bay, purpose)))).toSorted().at(-1)!;
    await distributed({ bay, since, holders: () => ledger.holders(old), ...(deadlineAt !== undefined && { deadlineAt }) }, waiting, this.options);
  }

  /** Of each purpose that is rotated all but the newest. */
  async revokeOld(work: CredentialWork): Promise<void> {
    for (const purpose of rotatedBy(work)) {
      for (const credential of oldOf(work.bay, purpose)) {
        const leaves = await missingOf({ bay: work.bay, holders: () => work.ledger.holders([credential.name]) });
        await this.#revoke(work, credential, leaves);
      }
    }
  }

  /** Lets an administrator go on where Keystone does not take the bay's own credential any more: its owner or project may be gone. */
  async allowCleanUp({ bay }: Pick<CredentialWork, 'bay'>): Promise<void> {
    const ref = credentialRefs.current(bay.spec.bayId, 'control');
    const current = await this.#current(bay, 'control');
    const stacks = Object.fromEntries(bay.resources.flatMap(({ name, externalId }) => (externalId === undefined ? [] : [[name, externalId]])));
    await this.options.secrets.put(ref, JSON.stringify({ generation: current?.generation ?? 0, cleanUp: true, stacks }));
  }

  /** Everything, the bay's own user last; then nothing of the bay is in the secret store. */
  async revokeAll(work: CredentialWork): Promise<void> {
    const { secrets } = this.options;
    const { bayId } = work.bay.spec;
    const all = work.bay.credentials ?? [];
    const last = (credential: CredentialView) => credential.purpose === 'principal' || isOwnUser(credential);
    for (const credential of all) if (!last(credential)) await this.#revoke(work, credential);
    const user = all.find(({ purpose }) => purpose === 'principal');
    const outcome = user && (await this.#revoke(work, user));
    // What logs in as that user has ended with it.
    for (const { name } of all.filter(isOwnUser)) await work.ledger.close(name, outcome ?? 'gone');
    for (const ref of await secrets.list(credentialRefs.all(bayId))) await secrets.destroy(ref);
  }

  async #mintOne(work: CredentialWork, as: CloudCredentials, purpose: Purpose, generation: number): Promise<void> {
    const { keystone, lifetimeDays, clock } = this.options;
    const { bay, ledger } = work;
    const accessRules = await this.#probed(purpose, as);
    const mode = this.#modeOf(bay);
    const name = credentialName(bay.spec.bayId, purpose, generation);
    const owner = mode === 'service_user' ? null : await keystone.ownerOf(as);
    const roles = this.#rolesFor(work, purpose);
    if (owner && ownerRoles(work)) requireRoles(roles, owner.roles, purpose);
    await ledger.intend({ name, purpose, mode, ...(owner && { ownerId: owner.userId }) });
    const expiresAt = new Date(clock.now().getTime() + lifetimeDays * DAY_MS);
    const intent: CredentialIntent = { name, purpose, roles, accessRules: PURPOSES[purpose].accessRules, expiresAt };
    const made = await this.#make(work, as, intent, generation);
    await this.#keep(work, purpose, generation, made, accessRules);
  }

  /**
   * What the purpose needs of the roles that the bay's owner passed on, whoever asks for this: a colleague with more roles
   * widens nothing, unless they become the owner.
   * @throws {NoRoleToPassOn}
   */
  #rolesFor(work: CredentialWork, purpose: Purpose): readonly string[] {
    const wanted = PURPOSES[purpose].roles ?? this.options.roles;
    const held = ownerRoles(work);
    const roles = held === undefined ? wanted : rolesToPassOn(wanted, held);
    if (roles.length === 0) throw new NoRoleToPassOn(purpose, wanted);
    return roles;
  }

  /** The first of its purpose counts at once; every other one when it was proved. */
  async #countIfFirst({ spec: { bayId } }: BayView, purpose: Purpose, generation: number): Promise<void> {
    const { secrets } = this.options;
    const current = credentialRefs.current(bayId, purpose);
    if ((await secrets.get(current)) === undefined) await secrets.put(current, JSON.stringify({ generation }));
  }

  async #make(work: CredentialWork, as: CloudCredentials, intent: CredentialIntent, generation: number): Promise<MadeCredential> {
    const { keystone } = this.options;
    const mode = this.#modeOf(work.bay);
    if (mode === 'trust') return keystone.entrust(as, intent, newPassword());
    return mode === 'service_user' && intent.purpose === 'control' ? this.#controlOfOwnUser(work, as, intent, generation) : keystone.mint(as, intent);
  }

  /**
   * Heat makes a trust in the name of who makes a stack, which Keystone lets no bearer of an application credential: so what
   * stays with us is the bay's own user itself. Its next generation is another password, kept before it is set: whoever is
   * refused with the old one finds it.
   */
  async #controlOfOwnUser(work: CredentialWork, as: CloudCredentials, intent: CredentialIntent, generation: number): Promise<MadeCredential> {
    if (as.kind !== 'password' || !('userId' in as.user)) throw new Error('a bay’s own user logs in by id');
    const { keystone, secrets, roles } = this.options;
    const { bayId, projectId } = work.bay.spec;
    const { userId } = as.user;
    const password = generation === 1 ? as.password : newPassword();
    const kept = ownLogin(userId, password, projectId);
    if (generation > 1) {
      await secrets.put(credentialRefs.secret(bayId, 'control', generation), writeCredential(kept));
      await keystone.ensureUser({ name: userName(bayId), password, projectId, roles, held: ownerRoles(work) ?? [] });
      await secrets.put(credentialRefs.password(bayId), password.reveal());
    }
    return {
      id: userId, roles: await this.#rolesOfOwnUser(work, kept, intent.roles), expiresAt: intent.expiresAt.toISOString(), kept,
      fingerprint: hash('sha256', password.reveal()), accessRulesHash: hash('sha256', '[]'),
    };
  }

  /**
   * A new owner with fewer roles takes none from the user itself: with the first one Keystone would end all its application
   * credentials in the project, those of nodes too, and the trusts that Heat made in its name. What is minted has the fewer.
   */
  async #rolesOfOwnUser({ operation }: CredentialWork, login: CloudCredentials, passedOn: readonly string[]): Promise<readonly string[]> {
    return operation.rotation?.rebindOwner ? rolesToPassOn(this.options.roles, (await this.options.keystone.ownerOf(login)).roles) : passedOn;
  }

  /** The secret first: what the ledger says is minted can be used. */
  async #keep({ bay, ledger }: CredentialWork, purpose: Purpose, generation: number, made: MadeCredential, accessRules: Findings): Promise<void> {
    const { bayId } = bay.spec;
    const ref = credentialRefs.secret(bayId, purpose, generation);
    await this.options.secrets.put(ref, writeCredential(made.kept));
    const { id, roles, expiresAt, fingerprint, accessRulesHash } = made;
    await ledger.record({
      name: credentialName(bayId, purpose, generation), externalId: id, credentialRef: ref, fingerprint, roles, accessRulesHash, expiresAt,
      ...(Object.keys(accessRules).length > 0 && { accessRules }),
    });
  }

  /** Whoever makes the bay's credentials: its own user, or who asked for it. */
  async #minter(work: CredentialWork): Promise<CloudCredentials> {
    if (this.#modeOf(work.bay) === 'service_user') return this.#ownUser(work);
    const token = await this.options.secrets.get(credentialRefs.requester(work.bay.spec.bayId, work.operation.operationId));
    if (!token) throw new StepFailed('There is no token of who asked for this: their credentials cannot be passed on', { retryable: false });
    return { kind: 'token', token: new Secret(token.toString()) };
  }

  async #ownUser(work: CredentialWork): Promise<CloudCredentials> {
    const { keystone, secrets, roles } = this.options;
    const { bay, ledger, operation } = work;
    const { bayId, projectId } = bay.spec;
    const name = userName(bayId);
    const ref = credentialRefs.password(bayId);
    const kept = (await secrets.get(ref))?.toString();
    const known = (bay.credentials ?? []).find(({ purpose }) => purpose === 'principal');
    if (known?.state === 'minted' && known.externalId !== undefined && kept !== undefined) {
      const login = ownLogin(known.externalId, new Secret(kept), projectId);
      // A new owner may have roles that it lacks.
      if (!operation.rotation?.rebindOwner && (await this.#isTaken(login))) return login;
    }
    const password = kept === undefined ? newPassword() : new Secret(kept);
    await ledger.intend({ name, purpose: 'principal', mode: 'service_user' });
    await secrets.put(ref, password.reveal());
    const user = await keystone.ensureUser({ name, password, projectId, roles, held: ownerRoles(work) ?? [] });
    await ledger.record({
      name, externalId: user.id, credentialRef: ref, fingerprint: hash('sha256', password.reveal()), roles: user.roles, accessRulesHash: hash('sha256', '[]'), expiresAt: null,
    });
    return ownLogin(user.id, password, projectId);
  }

  /** Somebody may have taken the user or its roles away: then both are made again. */
  async #isTaken(login: CloudCredentials): Promise<boolean> {
    try {
      await this.options.keystone.prove(login);
      return true;
    } catch (error) {
      if (isDomainError(error) && error.code === 'CLOUD_CREDENTIALS_REFUSED') return false;
      throw error;
    }
  }

  async #revoke({ bay, ledger }: CredentialWork, credential: CredentialView, leaves: readonly string[] = []): Promise<Outcome> {
    const { bayId } = bay.spec;
    const { name, purpose, mode, ownerId } = credential;
    const owner: OwnerRef = ownerId === undefined ? { userName: userName(bayId) } : { userId: ownerId };
    const rules = purpose === 'principal' ? [] : PURPOSES[purpose].accessRules;
    // An old password of the bay's own user is of no use since there is a new one.
    const outcome = isOwnUser(credential) ? 'revoked' : await this.options.keystone.revoke(purpose === 'principal' ? 'principal' : mode, name, owner, rules);
    const ref = purpose === 'principal' ? credentialRefs.password(bayId) : credentialRefs.secret(bayId, purpose, generationOf({ name }));
    await this.options.secrets.destroy(ref);
    await ledger.close(name, outcome, leaves);
    return outcome;
  }

  async #probed(purpose: Purpose, as: CloudCredentials): Promise<Findings> {
    const findings: Record<string, AccessRuleFinding> = {};
    for (const { service, allowedPath, otherPath } of PURPOSES[purpose].enforcedBy) {
      const nowMs = this.options.clock.now().getTime();
      const known = this.#findings.get(service);
      const finding = known && known.untilMs > nowMs ? known.finding : await this.options.probe({ service, allowedPath, otherPath, roles: ['member'] }, as);
      this.#findings.set(service, { finding, untilMs: nowMs + DAY_MS });
      if (finding !== 'enforced' && !this.options.withoutAccessRules) throw new AccessRulesNotEnforced(purpose, service, finding);
      findings[service] = finding;
    }
    return findings;
  }

  /** RFC 3339 UTC: since when nodes are given what counts now. */
  async #since(bay: BayView, purpose: Purpose): Promise<string> {
    return (await this.#current(bay, purpose))?.since ?? this.options.clock.now().toISOString();
  }

  async #current({ spec: { bayId } }: BayView, purpose: Purpose): Promise<CurrentCredential | undefined> {
    return readCurrent((await this.options.secrets.get(credentialRefs.current(bayId, purpose)))?.toString() ?? '');
  }

  async #secretOf({ spec: { bayId } }: BayView, purpose: Purpose, generation: number): Promise<string | undefined> {
    return (await this.options.secrets.get(credentialRefs.secret(bayId, purpose, generation)))?.toString();
  }

  #modeOf({ credentials = [] }: BayView): CredentialMode {
    return credentials[0]?.mode ?? this.options.mode;
  }
}

/** Of whoever owns the bay as far as its credentials go; undefined: made before they were recorded. */
function ownerRoles({ bay, operation }: CredentialWork): readonly string[] | undefined {
  return operation.rotation?.rebindOwner?.roles ?? bay.spec.requesterRoles;
}

/**
 * Keystone lets nobody pass on what they do not hold. To mint with less would leave the bay with credentials that fail later and
 * far from here, so whoever lacks a role says that this is meant, by becoming the owner.
 * @throws {StepFailed} final
 */
function requireRoles(roles: readonly string[], held: readonly string[], purpose: Purpose): void {
  const passedOn = rolesToPassOn(roles, held);
  const lacking = roles.filter((role) => !passedOn.includes(role));
  if (lacking.length > 0) throw new StepFailed(`The credential for ${purpose} has roles that whoever asked does not hold: ${lacking.join(', ')}; with rebind_owner it gets what they hold`, { retryable: false });
}

/** Not made in Keystone: a password of the bay's own user. */
function isOwnUser({ purpose, mode }: CredentialView): boolean {
  return purpose === 'control' && mode === 'service_user';
}

type Findings = Readonly<Record<string, AccessRuleFinding>>;

/** What a bay has credentials for, its own user left out. */
export function purposesOf({ credentials = [] }: Pick<BayView, 'credentials'>): Purpose[] {
  return [...new Set(credentials.map(({ purpose }) => purpose))].filter((purpose) => purpose !== 'principal');
}

/** What a rotation is about. */
function rotatedBy({ bay, operation }: Pick<CredentialWork, 'bay' | 'operation'>): readonly Purpose[] {
  return operation.rotation?.purposes ?? purposesOf(bay);
}

function ofPurpose({ credentials = [] }: BayView, purpose: Purpose): readonly CredentialView[] {
  return credentials.filter((credential) => credential.purpose === purpose);
}

/** All but the newest. */
function oldOf(bay: BayView, purpose: Purpose): readonly CredentialView[] {
  const all = ofPurpose(bay, purpose);
  return all.filter((credential) => credential !== newest(all));
}

function newest(credentials: readonly CredentialView[]): CredentialView {
  return credentials.reduce((one, other) => (generationOf(other) > generationOf(one) ? other : one));
}

/** The number at the end of its name. */
function generationOf({ name }: Pick<CredentialView, 'name'>): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

function userName(bayId: string): string {
  return `${bayPrefix(bayId)}user`;
}

function newPassword(): Secret {
  return new Secret(randomBytes(PASSWORD_BYTES).toString('base64url'));
}

function ownLogin(userId: string, password: Secret, projectId: string): Extract<CloudCredentials, { kind: 'password' }> {
  return { kind: 'password', user: { userId }, password, scope: { projectId } };
}
