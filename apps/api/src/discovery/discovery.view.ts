import { MAX_MINOR } from '../wire/microversion.ts';
import { links, type BaseUrl, type Link } from '../wire/links.ts';

/** `GET /`: contract section 1.1. @param lowestMinor that is served. */
export function versionsView(base: BaseUrl, lowestMinor: number): Record<string, unknown> {
  return {
    name: 'OpenStack Magnum API',
    description: 'Magnum is an OpenStack project which aims to provide container cluster management.',
    versions: [{
      id: 'v1', links: [{ href: `${base}/v1/`, rel: 'self' }], status: 'CURRENT', max_version: `1.${MAX_MINOR}`, min_version: `1.${lowestMinor}`,
    }],
  };
}

export const COLLECTIONS = ['clustertemplates', 'clusters', 'quotas', 'certificates', 'mservices', 'stats', 'federations'] as const;

/** What clusters and their templates were called before, as long as it is served. */
export const OLD_COLLECTIONS = ['baymodels', 'bays'] as const;
const OLD_COLLECTIONS_UNTIL = 10;

/** `GET /v1`: contract section 1.1. @param minor a version lists what it serves. */
export function v1View(base: BaseUrl, minor: number): Record<string, unknown> {
  const collections = minor > OLD_COLLECTIONS_UNTIL ? COLLECTIONS : [...OLD_COLLECTIONS, ...COLLECTIONS];
  return {
    id: 'v1',
    media_types: [{ base: 'application/json', type: 'application/vnd.openstack.magnum.v1+json' }],
    links: [
      { href: `${base}/v1/`, rel: 'self' },
      { href: 'http://docs.openstack.org/developer/magnum/dev/api-spec-v1.html', rel: 'describedby', type: 'text/html' },
    ],
    ...Object.fromEntries(collections.map((name): [string, readonly Link[]] => [name, links(base, `${name}/`)])),
    // Literally so: clients fill in the id.
    nodegroups: links(base, 'clusters/{cluster_id}/nodegroups'),
    credentials: links(base, 'credentials/'),
  };
}
