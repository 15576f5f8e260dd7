import type { FastifyRequest } from 'fastify';
import { SYSTEM_ACTOR, isDomainError, stranger } from '@jeroboam/domain';
import { BAYS } from '@jeroboam/read-model';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { actingOn, type Acting } from '../command/commands.ts';

/** Whom a node shows itself to. */
export interface Shown {
  /** Id of its bay: nodes know no name. */
  readonly bayId: string;
  /** Its share of a token, or what its key has signed. */
  readonly nodeToken: string;
}

/** What the log says of those of which a node hears no more than that. */
const REFUSALS: Readonly<Record<string, string>> = {
  BOOTSTRAP_TOKEN_REFUSED: 'a bootstrap token was refused',
  NODE_KEY_REFUSED: 'a node’s key was refused',
};

/**
 * Asks the certificate authority, which judges what a node shows, for whatever the node wants; no rule of the policy is asked.
 * A bay that is not there is refused as one whose token it is not.
 * @throws {BootstrapTokenRefused} {NodeKeyRefused}
 */
export async function answerNode<T>(
  { readModel, logger }: Pick<Api, 'readModel' | 'logger'>, request: FastifyRequest, { bayId, nodeToken }: Shown, ask: (bay: BayDocument, acting: Acting) => Promise<T>,
): Promise<{ bay: BayDocument; answer: T }> {
  try {
    const bay = await readModel.get<BayDocument>(BAYS.name, bayId);
    if (!bay) throw stranger(nodeToken);
    const acting = actingOn(request);
    // Nobody's user: the ledger says which node it was.
    const caller = { ...acting.caller, userId: SYSTEM_ACTOR.userId, projectId: bay.projectId };
    return { bay, answer: await ask(bay, { ...acting, caller }) };
  } catch (error) {
    // A node that is not let in shows nobody what it was told, and a stranger is worth knowing of.
    const what = isDomainError(error) ? REFUSALS[error.code] : undefined;
    if (isDomainError(error) && what !== undefined) {
      logger.warn(what, { requestId: request.id, bayId, ...error.details });
    }
    throw error;
  }
}
