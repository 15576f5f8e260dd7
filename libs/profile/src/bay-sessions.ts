import { isDomainError } from '@jeroboam/domain';
import type { BaySpec } from '@jeroboam/domain';
import { credentialRefs, openCleanUpSession, readCredential, readCurrent } from '@jeroboam/openstack';
import type { CurrentCredential, CloudCredentials, CloudRequest, CloudSession, HttpResponse, TokenInfo } from '@jeroboam/openstack';
import type { SecretStore } from '@jeroboam/secrets';

export interface BaySessionsOptions {
  readonly secrets: SecretStore;
  open(credentials: CloudCredentials): CloudSession;
  /** For bays without a credential of their own. */
  readonly shared: CloudSession;
  /** Cleans up for bays whose own credential is not taken any more; in a project. */
  readonly admin: CloudSession;
}

type WhichBay = Pick<BaySpec, 'bayId' | 'projectId'>;

/** More bays than this and the one that was opened first logs in again. */
const MOST_OPEN = 5_000;

/** Each bay's way into the cloud, as its own `control` credential. */
export class BaySessions {
  readonly #sessions = new Map<string, BaySession>();

  constructor(private readonly options: BaySessionsOptions) {}

  of({ bayId, projectId }: WhichBay): CloudSession {
    const there = this.#sessions.get(bayId);
    if (there) return there;
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_OPEN) this.#forget(oldest!);
    const session = new BaySession({ bayId, projectId }, this.options);
    this.#sessions.set(bayId, session);
    return session;
  }

  #forget(bayId: string): void {
    this.#sessions.get(bayId)?.close();
    this.#sessions.delete(bayId);
  }
}

interface Opened {
  /** Null: shared. */
  readonly generation: number | null;
  readonly session: CloudSession;
}

/** Follows the credential that counts: another process may have rotated it, and a delete may have to go on without it. */
class BaySession implements CloudSession {
  #opened: Promise<Opened> | undefined;

  constructor(private readonly bay: WhichBay, private readonly options: BaySessionsOptions) {}

  identity(): Promise<TokenInfo> {
    return this.#as((session) => session.identity());
  }

  request(request: CloudRequest): Promise<HttpResponse> {
    return this.#as((session) => session.request(request));
  }

  close(): void {
    void this.#opened?.then((opened) => this.#close(opened), () => undefined);
    this.#opened = undefined;
  }

  async #as<T>(work: (session: CloudSession) => Promise<T>): Promise<T> {
    const first = await this.#open();
    try {
      return await work(first.session);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#opened = undefined;
      this.#close(first);
      return this.#asAnother(first.generation, work, error);
    }
  }

  /** A rotation may be under way or just over: then the next one is taken, or the one before it still is. */
  async #asAnother<T>(refused: number | null, work: (session: CloudSession) => Promise<T>, reason: unknown): Promise<T> {
    for (const generation of await this.#generations()) {
      if (generation === refused) continue;
      const session = await this.#openGeneration(generation);
      try {
        if (session) return await work(session);
      } catch (error) {
        if (!isRefused(error)) throw error;
      } finally {
        session?.close();
      }
    }
    const current = await this.#current();
    if (current?.cleanUp) return work(this.#admin(current));
    throw reason;
  }

  /** Newest first. */
  async #generations(): Promise<readonly number[]> {
    const prefix = credentialRefs.secret(this.bay.bayId, 'control', 0).slice(0, -1);
    const refs = await this.options.secrets.list(prefix);
    return refs.map((ref) => Number(ref.slice(prefix.length))).toSorted((one, other) => other - one);
  }

  async #current(): Promise<CurrentCredential | undefined> {
    return readCurrent((await this.options.secrets.get(credentialRefs.current(this.bay.bayId, 'control')))?.toString() ?? '');
  }

  async #openGeneration(generation: number): Promise<CloudSession | undefined> {
    const kept = (await this.options.secrets.get(credentialRefs.secret(this.bay.bayId, 'control', generation)))?.toString();
    return kept === undefined ? undefined : this.options.open(readCredential(kept));
  }

  async #open(): Promise<Opened> {
    const opening = (this.#opened ??= this.#read());
    const forget = () => {
      if (this.#opened === opening) this.#opened = undefined;
    };
    try {
      const opened = await opening;
      // One of its own may be made at any time.
      if (opened.generation === null) forget();
      return opened;
    } catch (error) {
      forget();
      throw error;
    }
  }

  async #read(): Promise<Opened> {
    const current = await this.#current();
    const session = current && (await this.#openGeneration(current.generation));
    if (session) return { generation: current.generation, session };
    return { generation: null, session: current?.cleanUp ? this.#admin(current) : this.options.shared };
  }

  #admin({ stacks }: CurrentCredential): CloudSession {
    return openCleanUpSession(this.options.admin, this.bay.projectId, stacks);
  }

  #close({ generation, session }: Opened): void {
    if (generation !== null) session.close();
  }
}

function isRefused(error: unknown): boolean {
  return isDomainError(error) && error.code === 'CLOUD_CREDENTIALS_REFUSED';
}
