import { Controller, Inject } from '@nestjs/common';
import { Handles, getCaCertificate, signClientCsr, signNodeCsr, withdrawAuthorities } from '@jeroboam/messaging';
import type { Message, MessageContract } from '@jeroboam/messaging';
import { CertificateAuthority } from './certificate-authority.ts';
import { caCertificateQuery, clientCsr, nodeCsr, parsed, withdrawal } from './message-payloads.ts';

type In<C> = C extends MessageContract<infer Request, unknown> ? Message<Request> : never;
interface Pem {
  readonly pem: string;
}

/** The certificate authority's door: one method a message, nothing decided here. */
@Controller()
export class CertificateAuthorityController {
  constructor(@Inject(CertificateAuthority) private readonly authority: CertificateAuthority) {}

  @Handles(getCaCertificate)
  async getCaCertificate({ payload, context }: In<typeof getCaCertificate>): Promise<Pem> {
    const { authority, ...bay } = parsed(getCaCertificate, caCertificateQuery, payload);
    return { pem: await this.authority.caCertificate(bay, authority, context) };
  }

  @Handles(signClientCsr)
  async signClientCsr({ payload, context }: In<typeof signClientCsr>): Promise<Pem> {
    const { authority, csrPem, ...bay } = parsed(signClientCsr, clientCsr, payload);
    return { pem: await this.authority.signClientCsr(bay, authority, csrPem, context) };
  }

  @Handles(signNodeCsr)
  async signNodeCsr({ payload, context }: In<typeof signNodeCsr>): Promise<Pem> {
    const { bayId, bayName, ...request } = parsed(signNodeCsr, nodeCsr, payload);
    return { pem: await this.authority.signNodeCertificate({ bayId, bayName }, request, context) };
  }

  @Handles(withdrawAuthorities)
  async withdrawAuthorities({ payload, context }: In<typeof withdrawAuthorities>): Promise<Record<string, never>> {
    await this.authority.withdraw(parsed(withdrawAuthorities, withdrawal, payload).bayId, context);
    return {};
  }
}
