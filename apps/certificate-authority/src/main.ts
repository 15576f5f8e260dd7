import 'reflect-metadata';
import { defineConfig, serviceFields, systemClock } from '@jeroboam/platform';
import { busFields, certificateFields, dataLayout, runProcess, serviceBus, serviceLog, storageFields } from '@jeroboam/profile';
import { openLocalSecretStore } from '@jeroboam/secrets';
import { CertificateAuthorityModule } from './certificate-authority.module.ts';

await runProcess({
  name: 'certificate-authority',
  summary: 'The certificate authority: each bay’s CA, its keys encrypted at rest, and the ledger of what it signed.',
  examples: ['JEROBOAM_NATS_SERVERS=127.0.0.1:4222 JEROBOAM_DATA_DIR=/var/lib/jeroboam node apps/certificate-authority/dist/main.js'],
  config: defineConfig({ ...storageFields, ...busFields, ...certificateFields, ...serviceFields }),
  async open(context) {
    const layout = dataLayout(context.config.dataDir);
    const eventLog = await serviceLog(layout, context);
    const secrets = await openLocalSecretStore({ directory: layout.secrets, masterKeyFile: layout.masterKey });
    const messaging = serviceBus('certificate-authority', context);
    const { bootstrapTokenMinutes: tokenMinutes, bootstrapNodeMinutes: nodeMinutes } = context.config;
    const bootstrap = { tokenMinutes, nodeMinutes };
    return { module: CertificateAuthorityModule.with({ eventLog, secrets, clock: systemClock, bootstrap }), strategies: [messaging.strategy()] };
  },
});
