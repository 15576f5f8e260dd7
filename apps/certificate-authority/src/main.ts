import 'reflect-metadata';
import { defineConfig, systemClock } from '@jeroboam/platform';
import { busFields, dataLayout, logFields, openEventLog, openService, runMicroservice, runProcess, storageFields } from '@jeroboam/profile';
import { openLocalSecretStore } from '@jeroboam/secrets';
import { CertificateAuthorityModule } from './certificate-authority.module.ts';

await runProcess({
  summary: 'The certificate authority: each bay’s CA, its keys encrypted at rest, and the ledger of what it signed.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/certificate-authority/dist/main.js'],
  schema: defineConfig({ ...storageFields, ...busFields, ...logFields }),
  async start(config) {
    const service = openService('certificate-authority', config);
    const layout = dataLayout(config.dataDir);
    const eventLog = service.closers.add(await openEventLog(layout), (log) => log.close());
    const secrets = await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey });
    await runMicroservice(CertificateAuthorityModule.with({ eventLog, secrets, clock: systemClock }), service);
    return service.closers;
  },
});
