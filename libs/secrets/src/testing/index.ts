export { InMemorySecretStore } from './in-memory-secret-store.ts';
export { secretStoreContract } from './secret-store.contract.ts';
