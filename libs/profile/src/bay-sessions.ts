import { isDomainError } from '@jeroboam/domain';
import type { BaySpec } from '@jeroboam/domain';
import { credentialRefs, openCleanUpSession, readCredential, readCurrent } from '@jeroboam/openstack';
import type { CloudCredentials, CloudRequest, CloudSession, HttpResponse, TokenInfo } from '@jeroboam/openstack';
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
  readonly cleanUp: boolean;
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
      const second = await this.#open();
      this.#close(first);
      if (second.generation !== first.generation) return this.#orCleanUp(second, work);
      if (second.cleanUp) return work(this.#admin());
      throw error;
    }
  }

  async #orCleanUp<T>({ session, cleanUp }: Opened, work: (session: CloudSession) => Promise<T>): Promise<T> {
    try {
      return await work(session);
    } catch (error) {
      if (cleanUp && isRefused(error)) return work(this.#admin());
      throw error;
    }
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
    const { bay: { bayId }, options: { secrets, shared } } = this;
    const current = readCurrent((await secrets.get(credentialRefs.current(bayId, 'control')))?.toString() ?? '');
    const kept = current && (await secrets.get(credentialRefs.secret(bayId, 'control', current.generation)))?.toString();
    if (kept === undefined) return { generation: null, cleanUp: current?.cleanUp === true, session: current?.cleanUp ? this.#admin() : shared };
    return { generation: current!.generation, cleanUp: current!.cleanUp === true, session: this.options.open(readCredential(kept)) };
  }

  #admin(): CloudSession {
    return openCleanUpSession(this.options.admin, this.bay.projectId);
  }

  #close({ generation, session }: Opened): void {
    if (generation !== null) session.close();
  }
}

function isRefused(error: unknown): boolean {
  return isDomainError(error) && error.code === 'CLOUD_CREDENTIALS_REFUSED';
}
