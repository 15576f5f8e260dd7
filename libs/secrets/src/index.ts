export type { SecretStore } from './secret-store.port.ts';
export { MasterKeyRefused, SecretStoreUnavailable, SecretUnreadable } from './errors.ts';
export { openBarbicanSecretStore } from './barbican-secret-store.ts';
export type { BarbicanSecretStoreOptions } from './barbican-secret-store.ts';
export { openLocalSecretStore } from './local-secret-store.ts';
export type { LocalSecretStoreOptions } from './local-secret-store.ts';
