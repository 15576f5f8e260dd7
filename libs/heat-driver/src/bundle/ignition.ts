import { parse } from 'yaml';

/** A small part of Butane's language (variant fcos): files with their text or a script's, links and units. */
interface Butane {
  readonly storage?: {
    readonly directories?: readonly { readonly path: string; readonly mode?: number }[];
    readonly files?: readonly {
      readonly path: string;
      readonly mode?: number;
      readonly overwrite?: boolean;
      /** `inline`: text with `__VARIABLES__` for Heat's `str_replace`; `local`: a script, taken over byte by byte. */
      readonly contents: { readonly inline?: string; readonly local?: string };
    }[];
    readonly links?: readonly { readonly path: string; readonly target: string; readonly hard?: boolean }[];
  };
  readonly systemd?: { readonly units?: readonly { readonly name: string; readonly enabled?: boolean; readonly mask?: boolean; readonly contents?: string }[] };
  readonly passwd?: { readonly users?: readonly { readonly name: string; readonly ssh_authorized_keys?: readonly string[] }[] };
}

/**
 * Ignition JSON (specification 3.3) of a Butane file. Scripts go in as base64, so that `str_replace` finds nothing in them;
 * inline texts go in as a data URL, with everything escaped but its variables.
 */
export function renderIgnition(text: string, script: (name: string) => string): string {
  // As Butane reads it: `0600` is a mode.
  const { storage = {}, systemd, passwd } = parse(text, { version: '1.1' }) as Butane;
  const rendered = {
    ignition: { version: '3.3.0' },
    ...(passwd ? { passwd: { users: passwd.users?.map(({ name, ssh_authorized_keys: keys }) => ({ name, sshAuthorizedKeys: keys })) } } : {}),
    storage: {
      ...(storage.directories ? { directories: storage.directories } : {}),
      ...(storage.links ? { links: storage.links } : {}),
      files: storage.files?.map(({ contents, ...file }) => ({ overwrite: true, ...file, contents: { source: sourceOf(contents, script) } })),
    },
    ...(systemd ? { systemd } : {}),
  };
  return JSON.stringify(rendered, null, 1);
}

function sourceOf({ inline, local }: { readonly inline?: string; readonly local?: string }, script: (name: string) => string): string {
  if (local !== undefined) return `data:;base64,${Buffer.from(script(local)).toString('base64')}`;
  return `data:,${encodeURIComponent(inline ?? '')}`;
}
