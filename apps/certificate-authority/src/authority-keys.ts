import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Authority } from '@jeroboam/domain';
import type { SecretStore } from '@jeroboam/secrets';

/** The private keys of authorities: PKCS#8, in the secret store and nowhere else. */
export class AuthorityKeys {
  constructor(private readonly secrets: SecretStore) {}

  /** A reference nobody else uses, so that of two keys made for one authority neither overwrites the other. */
  reference(bayId: string, authority: Authority, id: string): string {
    return `${folder(bayId)}${authority}-${id}`;
  }

  /** Stores a key and clears it from memory. */
  async put(secretRef: string, pkcs8: Buffer): Promise<void> {
    try {
      await this.secrets.put(secretRef, pkcs8);
    } finally {
      pkcs8.fill(0);
    }
  }

  /** Undefined when the key has been destroyed. */
  async open(secretRef: string): Promise<KeyObject | undefined> {
    const pkcs8 = await this.secrets.get(secretRef);
    if (!pkcs8) return undefined;
    try {
      return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    } finally {
      pkcs8.fill(0);
    }
  }

  async destroy(secretRef: string): Promise<void> {
    await this.secrets.destroy(secretRef);
  }

  /** Destroys the given keys and any other of the bay: a process that died between making and recording one left it behind. */
  async destroyAll(bayId: string, secretRefs: readonly string[]): Promise<void> {
    const all = new Set([...secretRefs, ...(await this.secrets.list(folder(bayId)))]);
    await Promise.all([...all].map((secretRef) => this.secrets.destroy(secretRef)));
  }
}

function folder(bayId: string): string {
  return `certificate-authority/${bayId}/`;
}
