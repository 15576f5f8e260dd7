import type { CloudService } from '../errors.ts';
import type { CatalogService } from '../token/token-validator.port.ts';

/** Version that is added to an address which names none. */
const API_VERSION: Readonly<Record<CloudService, string>> = {
  image: 'v2', compute: 'v2.1', network: 'v2.0', identity: 'v3', orchestration: 'v1', 'key-manager': 'v1', volumev3: 'v3',
};

export interface AddressChoice {
  /** `public`, `internal` or `admin`. */
  readonly interface: string;
  /** Any region when left out. */
  readonly region?: string;
}

/**
 * Versioned address of a service, without a slash at its end; `undefined` when the catalog has none that fits.
 * Nova's may carry a project after its version (`…/v2.1/<project>`), so the version is looked for anywhere in the path.
 */
export function serviceAddress(catalog: readonly CatalogService[], service: CloudService, choice: AddressChoice): string | undefined {
  const endpoint = catalog
    .filter(({ type }) => type === service)
    .flatMap(({ endpoints }) => endpoints)
    .find((candidate) => candidate.interface === choice.interface && (choice.region === undefined || candidate.region === choice.region));
  if (!endpoint || !URL.canParse(endpoint.url)) return undefined;
  const url = endpoint.url.replace(/\/+$/, '');
  return /\/v\d+(\.\d+)?(\/|$)/.test(new URL(url).pathname) ? url : `${url}/${API_VERSION[service]}`;
}
