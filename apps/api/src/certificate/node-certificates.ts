import type { FastifyRequest } from 'fastify';
import type { Authority } from '@jeroboam/domain';
import { getCaCertificateForNode, signCsrForNode } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { Commands, type Acting } from '../command/commands.ts';
import { answerNode, type Shown } from './node-answers.ts';

/** What a node asks for. */
interface Asked extends Shown {
  readonly authority: Authority;
}

export interface Answered {
  readonly bay: BayDocument;
  readonly pem: string;
}

/** Certificates for nodes, which show their share of a bootstrap token instead of a user's token. */
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

  private async answer(request: FastifyRequest, asked: Asked, ask: (bay: BayDocument, acting: Acting) => Promise<{ pem: string }>): Promise<Answered> {
    const { bay, answer: { pem } } = await answerNode(this.api, request, asked, ask);
    return { bay, pem };
  }
}

function payloadOf({ id: bayId, name: bayName }: BayDocument, { authority, nodeToken }: Asked) {
  return { bayId, bayName, authority, nodeToken };
}
