import { Controller, Inject } from '@nestjs/common';
import {
  Handles, closeBootstrapTokens, completeAuthorityRotation, getCaCertificate, getCaCertificateForNode, getCredentialForNode, getCredentialHolders, getTrustedAuthorities, mintBootstrapToken,
  signClientCsr, signCsrForNode, signNodeCsr, startAuthorityRotation, withdrawAuthorities,
} from '@jeroboam/messaging';
import type { AnsweredCredential, Message, MessageContract, RotatingAuthority } from '@jeroboam/messaging';
import { CertificateAuthority } from './certificate-authority.ts';
import {
  caCertificateQuery, caCertificateQueryOfNode, clientCsr, credentialHolders, credentialOfNode, csrOfNode, nodeCsr, parsed, rotationCompletion, rotationStart, tokenClosing, tokenMinting, withdrawal,
} from './message-payloads.ts';

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

  @Handles(getTrustedAuthorities)
  async getTrustedAuthorities({ payload, context }: In<typeof getTrustedAuthorities>): Promise<{ pems: readonly string[] }> {
    const { authority, ...bay } = parsed(getTrustedAuthorities, caCertificateQuery, payload);
    return { pems: await this.authority.trustedCertificates(bay, authority, context) };
  }

  @Handles(mintBootstrapToken)
  async mintBootstrapToken({ payload, context }: In<typeof mintBootstrapToken>): Promise<{ token: string }> {
    const { bayId, bayName, ...nodes } = parsed(mintBootstrapToken, tokenMinting, payload);
    return { token: await this.authority.mintBootstrapToken({ bayId, bayName }, nodes, context) };
  }

  @Handles(closeBootstrapTokens)
  async closeBootstrapTokens({ payload, context }: In<typeof closeBootstrapTokens>): Promise<Record<string, never>> {
    const { bayId, stack } = parsed(closeBootstrapTokens, tokenClosing, payload);
    await this.authority.closeBootstrapTokens(bayId, stack, context);
    return {};
  }

  @Handles(getCaCertificateForNode)
  async getCaCertificateForNode({ payload, context }: In<typeof getCaCertificateForNode>): Promise<Pem> {
    const { authority, nodeToken, ...bay } = parsed(getCaCertificateForNode, caCertificateQueryOfNode, payload);
    return { pem: await this.authority.caCertificateForNode(bay, authority, nodeToken, context) };
  }

  @Handles(signCsrForNode)
  async signCsrForNode({ payload, context }: In<typeof signCsrForNode>): Promise<Pem> {
    const { bayId, bayName, nodeToken, ...wanted } = parsed(signCsrForNode, csrOfNode, payload);
    return { pem: await this.authority.signForNode({ bayId, bayName }, nodeToken, wanted, context) };
  }

  @Handles(getCredentialForNode)
  async getCredentialForNode({ payload, context }: In<typeof getCredentialForNode>): Promise<AnsweredCredential> {
    const { bayId, nodeToken, ...wanted } = parsed(getCredentialForNode, credentialOfNode, payload);
    const { tag, credential } = await this.authority.credentialForNode(bayId, nodeToken, wanted, context);
    return { tag, credential: credential && { ...credential, secret: credential.secret.reveal() } };
  }

  @Handles(getCredentialHolders)
  async getCredentialHolders({ payload }: In<typeof getCredentialHolders>): Promise<{ nodes: readonly string[] }> {
    const { bayId, credentials } = parsed(getCredentialHolders, credentialHolders, payload);
    return { nodes: await this.authority.holdersOf(bayId, credentials) };
  }

  @Handles(startAuthorityRotation)
  async startAuthorityRotation({ payload, context }: In<typeof startAuthorityRotation>): Promise<{ authorities: readonly RotatingAuthority[] }> {
    const { rotationId, ...bay } = parsed(startAuthorityRotation, rotationStart, payload);
    const rotating = await this.authority.startRotation(bay, rotationId, context);
    return {
      authorities: rotating.map(({ established, candidate }) => ({
        authority: candidate.authority,
        established: established.certificatePem,
        candidate: candidate.certificatePem,
      })),
    };
  }

  @Handles(completeAuthorityRotation)
  async completeAuthorityRotation({ payload, context }: In<typeof completeAuthorityRotation>): Promise<Record<string, never>> {
    const { bayId, rotationId } = parsed(completeAuthorityRotation, rotationCompletion, payload);
    await this.authority.completeRotation(bayId, rotationId, context);
    return {};
  }

  @Handles(withdrawAuthorities)
  async withdrawAuthorities({ payload, context }: In<typeof withdrawAuthorities>): Promise<Record<string, never>> {
    await this.authority.withdraw(parsed(withdrawAuthorities, withdrawal, payload).bayId, context);
    return {};
  }
}
