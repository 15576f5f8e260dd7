import { randomBytes, randomUUID } from 'node:crypto';

/** Where ids come from; tests bring their own. */
export interface Ids {
  uuid(): string;
  /** Twelve letters and digits, as Heat puts at the end of physical names. */
  short(): string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  short: () => [...randomBytes(12)].map((byte) => ALPHABET[byte % ALPHABET.length]).join(''),
};
