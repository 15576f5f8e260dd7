import { InMemorySecretStore, secretStoreContract } from './index.ts';

secretStoreContract('InMemory', async () => new InMemorySecretStore());
