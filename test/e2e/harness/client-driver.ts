import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { BayDriver, BayHealth, DriverManifest, HealthContext } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

/** What a bay's API would see of who asks it, in the reason of its health. */
async function lookedAt({ certificates }: HealthContext): Promise<BayHealth> {
  const { caPem, certificatePem, keyPem } = await certificates.client();
  const certificate = new X509Certificate(certificatePem);
  const isGood = certificate.verify(new X509Certificate(caPem).publicKey) && certificate.checkPrivateKey(createPrivateKey(keyPem));
  return { status: isGood ? 'HEALTHY' : 'UNHEALTHY', reason: { client: certificate.subject.replaceAll('\n', ', '), serial: certificate.serialNumber } };
}

function asClient(driver: BayDriver): BayDriver {
  return {
    availability: () => driver.availability(),
    plan: (operation, bay) => driver.plan(operation, bay),
    run: (step, context) => driver.run(step, context),
    health: (_bay, context) => lookedAt(context),
  };
}

/** The fake driver, looking at bays as a client with a certificate, as drivers of clouds do. */
export const drivers: readonly DriverManifest[] = [{ ...fakeDriverManifest, create: (dependencies) => asClient(fakeDriverManifest.create(dependencies)) }];
