import { Secret } from '@jeroboam/platform';

/** What a head in Barbican holds: a secret in base64, or the ids of the secrets that hold its parts, in order. */
export type Head = { readonly text: string } | { readonly parts: readonly string[] };

/** Before what follows: the format's version and which of the two it is. Never empty, as Barbican keeps nothing empty. */
const TEXT = 'v1:';
const PARTS = 'v1-parts:';

export function sealHead(head: Head): Secret {
  return new Secret('text' in head ? TEXT + head.text : PARTS + head.parts.join(','));
}

/** Undefined for what is no head of ours, or of a newer release. */
export function openHead(kept: Secret): Head | undefined {
  const value = kept.reveal();
  if (value.startsWith(PARTS)) return { parts: value.slice(PARTS.length).split(',') };
  if (value.startsWith(TEXT)) return { text: value.slice(TEXT.length) };
  return undefined;
}
