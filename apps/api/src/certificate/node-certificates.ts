import type { FastifyRequest } from 'fastify';
import { BootstrapTokenRefused, SYSTEM_ACTOR, isDomainError, readNodeToken } from '@jeroboam/domain';
import type { Authority } from '@jeroboam/domain';
import { getCaCertificateForNode, signCsrForNode } from '@jeroboam/messaging';
import { BAYS } from '@jeroboam/read-model';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { Commands, actingOn, type Acting } from '../command/commands.ts';

/** What a node asks for. */
interface Asked {
  /** Id of its bay: nodes know no name. */
  readonly bayId: string;
  readonly authority: Authority;
  readonly nodeToken: string;
}

export interface Answered {
  readonly bay: BayDocument;
  readonly pem: string;
}

/**
 * Certificates for nodes, which show their share of a bootstrap token instead of a user's token. The certificate authority
 * judges it; no rule of the policy is asked. A bay that is not there is refused as one whose token it is not.
 */
export class NodeCertificates {
  constructor(
    private readonly api: Pick<Api, 'readModel' | 'logger'>,
    private readonly commands: Commands,
  ) {}

  /** @throws {BootstrapTokenRefused} */
  show(request: FastifyRequest, asked: Asked): Promise<Answered> {
    return this.answer(request, asked, (bay, acting) => this.commands.ask(getCaCertificateForNode, payloadOf(bay, asked), acting));
  }

  /** @throws {BootstrapTokenRefused} {InvalidCsr} {ExtensionNotAllowed} */
  sign(request: FastifyRequest, asked: Asked, csrPem: string): Promise<Answered> {
    return this.answer(request, asked, (bay, acting) => this.commands.ask(signCsrForNode, { ...payloadOf(bay, asked), csrPem }, acting));
  }

  private async answer(request: FastifyRequest, { bayId, nodeToken }: Asked, ask: (bay: BayDocument, acting: Acting) => Promise<{ pem: string }>): Promise<Answered> {
    try {
      const bay = await this.api.readModel.get<BayDocument>(BAYS.name, bayId);
      if (!bay) throw new BootstrapTokenRefused('unknown', readNodeToken(nodeToken));
      const acting = actingOn(request);
      // Nobody's user: the ledger says which node it was.
      const caller = { ...acting.caller, userId: SYSTEM_ACTOR.userId, projectId: bay.projectId };
      return { bay, ...(await ask(bay, { ...acting, caller })) };
    } catch (error) {
      // A node that is not let in shows nobody what it was told, and a stranger is worth knowing of.
      if (isDomainError(error) && error.code === 'BOOTSTRAP_TOKEN_REFUSED') {
        this.api.logger.warn('a bootstrap token was refused', { requestId: request.id, bayId, ...error.details });
      }
      throw error;
    }
  }
}

function payloadOf({ id: bayId, name: bayName }: BayDocument, { authority, nodeToken }: Asked) {
  return { bayId, bayName, authority, nodeToken };
}
