/** Something that will go away. The policy: `infra/docs/deviations.md`, "Deprecated". */
export interface Deprecation {
  /** Stable id, e.g. `endpoint:bays`: what uses are counted by and the ledger of shipped deprecations knows. */
  readonly feature: string;
  readonly kind: 'endpoint' | 'field' | 'label' | 'driver' | 'coe' | 'microversion' | 'config';
  /**
   * What its users call it: a path, `<resource>.<field>`, a label, `<driver>@<version>`, a COE, a microversion `1.<minor>`
   * (with all below it, as they go from below), the variable of a setting.
   */
  readonly name: string;
  /** Day from which on nothing new should use it, in UTC. */
  readonly since: string;
  /** Day from which on it is not there any more, in UTC: three months after `since` at the least, six as a rule. */
  readonly sunset: string;
  /** What to use instead: a path where it begins with `/`. */
  readonly replacement: string | null;
  /** Page that says how to move. */
  readonly doc: string;
}

/** Routes that go. */
export interface EndpointDeprecation extends Deprecation {
  readonly kind: 'endpoint';
  /** Last minor version of the API that has it; in later ones it is not there. @default every one */
  readonly lastMinor?: number;
  /** Gone from Magnum already: after the sunset an unknown path, where others are 410. */
  readonly goneUpstream?: true;
}

const API_REFERENCE = 'https://docs.openstack.org/api-ref/container-infrastructure-management/';
const FIRST = { since: '2026-11-23', sunset: '2027-06-01' };

/** Routes by what they are called. Magnum itself took these two out in 1.11. */
export const DEPRECATIONS = {
  bays: {
    feature: 'endpoint:bays', kind: 'endpoint', name: '/v1/bays', ...FIRST, lastMinor: 10, goneUpstream: true,
    replacement: '/v1/clusters', doc: API_REFERENCE,
  },
  baymodels: {
    feature: 'endpoint:baymodels', kind: 'endpoint', name: '/v1/baymodels', ...FIRST, lastMinor: 10, goneUpstream: true,
    replacement: '/v1/clustertemplates', doc: API_REFERENCE,
  },
} as const satisfies Readonly<Record<string, EndpointDeprecation>>;

/**
 * Everything that we deprecate; drivers say it of themselves. Each is also in `infra/docs/deprecations-shipped.json`,
 * and stays in both until its sunset: a test holds us to it.
 */
export const DEPRECATED: readonly Deprecation[] = [
  ...Object.values(DEPRECATIONS),
  // Magnum took Mesos out in December 2021; DC/OS is what became of it.
  { feature: 'coe:mesos', kind: 'coe', name: 'mesos', ...FIRST, replacement: 'dcos', doc: API_REFERENCE },
  // Helm has done without Tiller since its version 3.
  {
    feature: 'label:tiller_enabled', kind: 'label', name: 'tiller_enabled', ...FIRST, replacement: 'helm_client_tag',
    doc: 'https://helm.sh/docs/topics/v2_v3_migration/',
  },
];

/**
 * What an answer says that used something deprecated: RFC 9745 and RFC 8594. Where it used several things, the dates
 * are those of the first to go.
 * @param used at least one.
 * @param base where clients reach the API.
 */
export function deprecationHeaders(used: readonly Deprecation[], base: string): Readonly<Record<string, string>> {
  const earliest = (days: readonly string[]) => days.toSorted()[0]!;
  const links = used.flatMap(({ doc, replacement }) => [
    `<${doc}>; rel="deprecation"; type="text/html"`,
    `<${doc}>; rel="sunset"; type="text/html"`,
    ...(replacement?.startsWith('/') ? [`<${base}${replacement}>; rel="successor-version"`] : []),
  ]);
  return {
    deprecation: `@${Date.parse(earliest(used.map(({ since }) => since))) / 1_000}`,
    sunset: new Date(earliest(used.map(({ sunset }) => sunset))).toUTCString(),
    link: [...new Set(links)].join(', '),
  };
}

/** @param now any moment. */
export function isOver({ sunset }: Pick<Deprecation, 'sunset'>, now: Date): boolean {
  return now.getTime() >= Date.parse(sunset);
}
