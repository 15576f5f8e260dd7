import 'reflect-metadata';
import { X509Certificate, createHash, randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import {
  closeBootstrapTokens, completeAuthorityRotation, getCaCertificate, getCaCertificateForNode, getTrustedAuthorities, inProcessTransport, mintBootstrapToken,
  signClientCsr, signCsrForNode, signNodeCsr, startAuthorityRotation, withdrawAuthorities,
} from '@jeroboam/messaging';
import type { MessageContract, Messaging } from '@jeroboam/messaging';
import { FakeClock } from '@jeroboam/platform/testing';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import type { INestMicroservice } from '@nestjs/common';
import { CertificateAuthorityModule } from './certificate-authority.module.ts';
import { aCsr } from './testing/a-csr.ts';
import { aContext } from './testing/a-service.ts';

describe('The certificate authority’s door', () => {
  const bay = { bayId: randomUUID(), bayName: 'tx1' };
  let service: INestMicroservice;
  let messaging: Messaging;
  let log: InMemoryEventLog;

  beforeAll(async () => {
    log = new InMemoryEventLog();
    messaging = inProcessTransport();
    const module = CertificateAuthorityModule.with({ eventLog: log, secrets: new InMemorySecretStore(), clock: new FakeClock() });
    service = await NestFactory.createMicroservice(module, { strategy: messaging.strategy(), logger: false });
    await service.listen();
  });
  afterAll(async () => {
    await service.close();
    await messaging.close();
  });

  const send = <Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request): Promise<Reply> => {
    return messaging.client.send(contract, payload, { context: aContext(), timeoutMs: 10_000 });
  };

  it('answers the CA certificate and what it signs, for users and for nodes', async () => {
    const { pem: ca } = await send(getCaCertificate, { ...bay, authority: 'kubernetes' });
    const { pem: client } = await send(signClientCsr, { ...bay, authority: 'kubernetes', csrPem: aCsr().pem });
    const { pem: node } = await send(signNodeCsr, {
      ...bay,
      csrPem: aCsr().pem,
      usages: ['server'],
      subjectAltNames: [{ type: 'dns', value: 'node-0' }],
    });
    const { publicKey } = new X509Certificate(ca);
    expect([client, node].map((pem) => new X509Certificate(pem).verify(publicKey))).toEqual([true, true]);
  });

  it('carries who asked into the ledger', async () => {
    await send(signClientCsr, { ...bay, authority: 'kubernetes', csrPem: aCsr().pem });
    const actors = [];
    for await (const event of log.readStream(`certificates-${bay.bayId}`))
      actors.push([event.actor.userId, event.requestId, event.correlationId]);
    expect(new Set(actors.map(String))).toEqual(new Set(['ann,req-1,cor-1']));
  });

  it('lets a node in that shows its share of a token, until its stack is there', async () => {
    const { token } = await send(mintBootstrapToken, { ...bay, stack: 'k1', masters: 1, workers: 0 });
    const nodeToken = `jeroboam-node:master:m0:${createHash('sha256').update(`master:m0:${token}`).digest('hex')}`;
    const { pem: ca } = await send(getCaCertificateForNode, { ...bay, authority: 'kubernetes', nodeToken });
    const { pem } = await send(signCsrForNode, { ...bay, authority: 'kubernetes', csrPem: aCsr().pem, nodeToken });
    expect(new X509Certificate(pem).verify(new X509Certificate(ca).publicKey)).toBe(true);
    await send(closeBootstrapTokens, { bayId: bay.bayId, stack: 'k1' });
    const late = send(signCsrForNode, { ...bay, authority: 'etcd', csrPem: aCsr().pem, nodeToken });
    await expect(late).rejects.toMatchObject({ code: 'BOOTSTRAP_TOKEN_REFUSED', kind: 'forbidden', details: { reason: 'closed', role: 'master', node: 'm0' } });
  });

  it('refuses with code, kind and Magnum’s words', async () => {
    await expect(send(signClientCsr, { ...bay, authority: 'kubernetes', csrPem: 'junk' })).rejects.toMatchObject({
      code: 'INVALID_CSR',
      kind: 'invalid',
      message: "Received invalid csr b'junk'.",
    });
  });

  it('refuses a message that is not what its contract says', async () => {
    await expect(send(getCaCertificate, { ...bay, authority: 'kubelet' as 'etcd' })).rejects.toMatchObject({
      code: 'MESSAGE_MALFORMED',
      kind: 'invalid',
      details: { problem: 'authority: invalid_value' },
    });
  });

  it('rotates in two phases', async () => {
    const rotating = { bayId: randomUUID(), bayName: 'tx2' };
    const { pem: old } = await send(getCaCertificate, { ...rotating, authority: 'kubernetes' });
    const { authorities } = await send(startAuthorityRotation, { ...rotating, rotationId: 'o1' });
    const [{ candidate }] = authorities as [(typeof authorities)[number]];
    expect(authorities).toEqual([{ authority: 'kubernetes', established: old, candidate: expect.stringContaining('BEGIN CERTIFICATE') }]);
    expect(await send(getTrustedAuthorities, { ...rotating, authority: 'kubernetes' })).toEqual({ pems: [old, candidate] });
    const { pem } = await send(signNodeCsr, { ...rotating, csrPem: aCsr().pem, usages: ['client'], subjectAltNames: [], issuer: 'candidate' });
    expect(new X509Certificate(pem).verify(new X509Certificate(candidate).publicKey)).toBe(true);
    expect(await send(completeAuthorityRotation, { bayId: rotating.bayId, rotationId: 'o1' })).toEqual({});
    expect(await send(getCaCertificate, { ...rotating, authority: 'kubernetes' })).toEqual({ pem: candidate });
  });

  it('withdraws once and for all', async () => {
    const gone = { bayId: randomUUID(), bayName: 'gone' };
    expect(await send(withdrawAuthorities, { bayId: gone.bayId })).toEqual({});
    await expect(send(getCaCertificate, { ...gone, authority: 'etcd' })).rejects.toMatchObject({
      code: 'AUTHORITIES_WITHDRAWN',
      kind: 'not-found',
    });
  });
});
