import { baySamples } from '@jeroboam/domain/testing';
import { FakeCertificates } from '@jeroboam/driver-sdk/testing';
import { getCaCertificate, signNodeCsr } from '@jeroboam/messaging';
import type { MessageClient } from '@jeroboam/messaging';
import { FakeClock } from '@jeroboam/platform/testing';
import { BayMessages } from './bay-messages.ts';
import { ClientCertificates } from './client-certificates.ts';

const DAY_MS = 86_400_000;
const spec = baySamples.aSpec;

/** The certificate authority as far as a look needs it: whatever it is sent, it answers with a certificate of one day. */
async function anAuthority() {
  const some = await new FakeCertificates().client();
  const sent: [string, Record<string, unknown>][] = [];
  const refusals: Error[] = [];
  const answers = { [getCaCertificate.pattern]: some.caPem, [signNodeCsr.pattern]: some.certificatePem };
  const client = {
    async send({ pattern }: { pattern: string }, payload: Record<string, unknown>) {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      sent.push([pattern, payload]);
      return { pem: answers[pattern] };
    },
  };
  const clock = new FakeClock(new Date().toISOString());
  const certificates = new ClientCertificates(new BayMessages(client as unknown as MessageClient, 1_000), clock);
  return { certificates, clock, sent, refusals, signed: () => sent.filter(([pattern]) => pattern === signNodeCsr.pattern).length };
}

describe('telemetry’s identity for a bay', () => {
  it('is signed once, however often and however many ask, for a client and under Magnum’s name', async () => {
    const { certificates, sent } = await anAuthority();
    const [first, second] = await Promise.all([certificates.of(spec).client(), certificates.of(spec).client()]);
    expect(await certificates.of(spec).client()).toBe(first);
    expect(second).toBe(first);
    const { bayId, name: bayName } = spec;
    expect(sent).toEqual([
      [signNodeCsr.pattern, { bayId, bayName, csrPem: expect.stringContaining('CERTIFICATE REQUEST'), usages: ['client'], subjectAltNames: [] }],
      [getCaCertificate.pattern, { bayId, bayName, authority: 'kubernetes' }],
    ]);
    expect(JSON.stringify(sent)).not.toContain('PRIVATE KEY');
    expect(first.keyPem).toContain('PRIVATE KEY');
  });

  it('is another one an hour before the first expires', async () => {
    const { certificates, clock, signed } = await anAuthority();
    await certificates.of(spec).client();
    await clock.advance(DAY_MS - 2 * 3_600_000);
    await certificates.of(spec).client();
    expect(signed()).toBe(1);
    await clock.advance(3_600_000);
    await certificates.of(spec).client();
    expect(signed()).toBe(2);
  });

  it('is another one when the authority is', async () => {
    const { certificates, signed } = await anAuthority();
    await certificates.of(spec).client();
    certificates.forget(spec.bayId);
    await certificates.of(spec).client();
    expect(signed()).toBe(2);
  });

  it('is asked for again where the authority could not be reached', async () => {
    const { certificates, refusals, signed } = await anAuthority();
    refusals.push(new Error('nobody there'));
    await expect(certificates.of(spec).client()).rejects.toThrow('nobody there');
    await certificates.of(spec).client();
    expect(signed()).toBe(1);
  });
});
