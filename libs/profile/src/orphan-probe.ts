import { isDomainError } from '@jeroboam/domain';
import type { BayView, CredentialPurpose } from '@jeroboam/domain';
import { credentialRefs, readCredential, readCurrent } from '@jeroboam/openstack';
import type { CloudCredentials, CloudSession, Purpose } from '@jeroboam/openstack';
import type { Clock } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';

export interface OrphanProbeOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  open(credentials: CloudCredentials): CloudSession;
}

type WhichBay = Pick<BayView, 'spec' | 'credentials'>;

const DAY_MS = 86_400_000;
/** More than this and everything is asked again. */
const MOST_KNOWN = 100_000;

/**
 * Logs in once a day with each credential of a bay that nobody here uses: those of nodes. The `control` credential proves
 * itself with every look at the bay.
 */
export class OrphanProbe {
  readonly #fine = new Map<string, number>();

  constructor(private readonly options: OrphanProbeOptions) {}

  async orphaned({ spec: { bayId }, credentials = [] }: WhichBay): Promise<readonly CredentialPurpose[]> {
    const purposes = new Set(credentials.filter(({ state }) => state === 'minted').map(({ purpose }) => purpose));
    const orphans: CredentialPurpose[] = [];
    for (const purpose of purposes) {
      if (purpose !== 'principal' && purpose !== 'control' && (await this.#isOrphan(bayId, purpose))) orphans.push(purpose);
    }
    return orphans;
  }

  async #isOrphan(bayId: string, purpose: Purpose): Promise<boolean> {
    const { secrets, clock } = this.options;
    const current = readCurrent((await secrets.get(credentialRefs.current(bayId, purpose)))?.toString() ?? '');
    const ref = credentialRefs.secret(bayId, purpose, current?.generation ?? 0);
    const nowMs = clock.now().getTime();
    if ((this.#fine.get(ref) ?? 0) > nowMs) return false;
    const kept = (await secrets.get(ref))?.toString();
    // Not made yet, or taken away just now.
    if (kept === undefined) return false;
    const session = this.options.open(readCredential(kept));
    try {
      await session.identity();
      if (this.#fine.size >= MOST_KNOWN) this.#fine.clear();
      this.#fine.set(ref, nowMs + DAY_MS);
      return false;
    } catch (error) {
      if (isDomainError(error) && error.code === 'CLOUD_CREDENTIALS_REFUSED') return true;
      throw error;
    } finally {
      session.close();
    }
  }
}
