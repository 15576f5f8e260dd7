/** Something of the API that will go away. The policy: `infra/docs/deviations.md`, "Deprecated". */
export interface Deprecation {
  /** Day from which on nothing new should use it, in UTC. */
  readonly since: string;
  /** Day from which on it may be gone, in UTC: six months after `since` at the least. */
  readonly sunset: string;
  /** Last minor version of the API that has it; in later ones it is not there. */
  readonly lastMinor: number;
  /** Path of what to use instead. */
  readonly replacement: string;
  /** Page that says how to move. */
  readonly doc: string;
}

const API_REFERENCE = 'https://docs.openstack.org/api-ref/container-infrastructure-management/';

/** Everything deprecated, by what it is called. Magnum itself took these two out in 1.11. */
export const DEPRECATIONS = {
  bays: { since: '2026-11-23', sunset: '2027-06-01', lastMinor: 10, replacement: '/v1/clusters', doc: API_REFERENCE },
  baymodels: { since: '2026-11-23', sunset: '2027-06-01', lastMinor: 10, replacement: '/v1/clustertemplates', doc: API_REFERENCE },
} as const satisfies Readonly<Record<string, Deprecation>>;

/**
 * What every answer says that used something deprecated: RFC 9745 and RFC 8594.
 * @param base where clients reach the API.
 */
export function deprecationHeaders({ since, sunset, replacement, doc }: Deprecation, base: string): Readonly<Record<string, string>> {
  const links = [
    `<${doc}>; rel="deprecation"; type="text/html"`,
    `<${doc}>; rel="sunset"; type="text/html"`,
    `<${base}${replacement}>; rel="successor-version"`,
  ];
  return { deprecation: `@${Date.parse(since) / 1_000}`, sunset: new Date(sunset).toUTCString(), link: links.join(', ') };
}
