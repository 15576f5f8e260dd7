import { RoutingError } from '@jeroboam/platform';

/** Service types of one service: the classic one, its successor and the one between them. */
const SERVICES = new Set(['container-infra', 'container-infrastructure', 'container-infrastructure-management']);
/** What Magnum answers to a client that names none. */
const DEFAULT_SERVICE = 'container-infrastructure-management';
/** Our own additions, versioned beside Magnum's; only clients of ours name them. */
const OWN_SERVICE = 'bay-ops';
const OWN_VERSION = '1.0';

/** Before any was taken away. */
export const MIN_MINOR = 1;
export const MAX_MINOR = 14;

/** What a request and its answer agreed on. */
export interface Negotiated {
  /** Minor version of the API, 1 to 14; its major is 1. */
  readonly minor: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The version a client wants does not exist. Its answer has a shape of its own: contract section 1.3. */
export class MicroversionUnsupported extends Error {
  readonly status = 406;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor(service: string, major: number, minor: number, text: string, lowest = MIN_MINOR) {
    const range = `The supported version range is: [${service} 1.${lowest}, ${service} 1.${MAX_MINOR}].`;
    // The missing space is Magnum's.
    const description = major === 1
      ? `Version ${major}.${minor} was requested but the minor version is not supported by this service. ${range}`
      : `Mutually exclusive versions requested. Version ${major}.${minor} requested but not supported by this service.${range}`;
    super(description);
    this.headers = versionHeaders(service, `${service} ${text}`, lowest);
    this.body = {
      errors: [{
        code: 'magnum.microversion-unsupported', title: 'Requested microversion is unsupported', description,
        max_version: `1.${MAX_MINOR}`, min_version: `1.${lowest}`,
        links: [{ rel: 'help', href: 'http://docs.openstack.org/api-guide/compute/microversions.html' }],
      }],
    };
  }
}

/** Headers seen lately with their outcome: clients send few different ones, and hostile ones must not fill memory. */
const known = new Map<string, Negotiated>();
const MAX_KNOWN = 200;

/**
 * Reads the request header `OpenStack-API-Version`: `<service> <major>.<minor>`, `<service> latest`, or a comma list
 * with one for `bay-ops`. Absent or empty: the lowest one.
 *
 * @param lowest minor version that is served.
 * @throws {RoutingError} 406 for what cannot be read; {MicroversionUnsupported}
 */
export function negotiate(header: string | undefined, lowest = MIN_MINOR): Negotiated {
  const key = `${lowest} ${header ?? ''}`;
  const seen = known.get(key);
  if (seen) return seen;
  const negotiated = negotiateAnew(header ?? '', lowest);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, negotiated);
  return negotiated;
}

function negotiateAnew(header: string, lowest: number): Negotiated {
  const wishes = header.split(',').map((wish) => wish.trim()).filter((wish) => wish !== '').map(readWish);
  const own = wishes.find((wish) => wish.service === OWN_SERVICE);
  const { service, version } = wishes.find((wish) => wish.service !== OWN_SERVICE) ?? {
    service: DEFAULT_SERVICE, version: `1.${lowest}`,
  };
  const minor = minorOf(service, version, lowest);
  if (own) requireOwnVersion(own.version);
  const effective = `${service} 1.${minor}${own ? `, ${OWN_SERVICE} ${OWN_VERSION}` : ''}`;
  return { minor, headers: versionHeaders(service, effective, lowest) };
}

function readWish(wish: string): { readonly service: string; readonly version: string } {
  const [name = '', version, ...rest] = wish.split(/\s+/);
  const service = name.toLowerCase();
  if (version === undefined || rest.length > 0 || (!SERVICES.has(service) && service !== OWN_SERVICE)) {
    throw new RoutingError(406, 'Invalid service type for OpenStack-API-Version header');
  }
  return { service, version };
}

function readVersion(version: string): { readonly major: number; readonly minor: number } {
  // Magnum reads Python's whole numbers: with a sign too. The bound is that of exact numbers.
  const match = /^([+-]?\d{1,15})\.([+-]?\d{1,15})$/.exec(version);
  if (!match) throw new RoutingError(406, 'Invalid value for OpenStack-API-Version header');
  return { major: Number(match[1]), minor: Number(match[2]) };
}

function minorOf(service: string, version: string, lowest: number): number {
  if (version.toLowerCase() === 'latest') return MAX_MINOR;
  const { major, minor } = readVersion(version);
  if (major !== 1 || minor < lowest || minor > MAX_MINOR) throw new MicroversionUnsupported(service, major, minor, version, lowest);
  return minor;
}

function requireOwnVersion(version: string): void {
  if (version.toLowerCase() === 'latest') return;
  const { major, minor } = readVersion(version);
  if (`${major}.${minor}` !== OWN_VERSION) {
    throw new RoutingError(406, `Version ${version} of ${OWN_SERVICE} is not supported; there is ${OWN_VERSION}.`);
  }
}

function versionHeaders(service: string, effective: string, lowest: number): Readonly<Record<string, string>> {
  return {
    'openstack-api-minimum-version': `${service} 1.${lowest}`,
    'openstack-api-maximum-version': `${service} 1.${MAX_MINOR}`,
    'openstack-api-version': effective,
    vary: 'OpenStack-API-Version',
  };
}
