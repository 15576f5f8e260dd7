import { Described, json } from '../openapi/describe.ts';
import { BOOLEAN, TEXT, listOf, named, object } from '../openapi/schema.ts';
import { LINKS } from '../openapi/shapes.ts';
import { COLLECTIONS, OLD_COLLECTIONS } from './discovery.view.ts';

const VERSION = named('Version', object({ id: TEXT, links: LINKS, status: TEXT, max_version: TEXT, min_version: TEXT }));
const VERSIONS = object({ name: TEXT, description: TEXT, versions: listOf(VERSION) });
const linksTo = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, LINKS]));
const DESCRIBED_BY = listOf(object({ href: TEXT, rel: TEXT }, { type: TEXT }));
const V1 = named('V1', object(
  {
    id: { const: 'v1' }, media_types: listOf(object({ base: TEXT, type: TEXT })), links: DESCRIBED_BY,
    ...linksTo([...COLLECTIONS, 'nodegroups', 'credentials']),
  },
  linksTo(OLD_COLLECTIONS),
));
const health = (description: string) => ({
  description,
  content: { 'text/plain': TEXT, 'application/json': object({ detailed: BOOLEAN, reasons: listOf(TEXT) }) },
});

export const DiscoveryDescribed = Described({
  versions: { summary: 'List the versions there are', answers: { 200: json(VERSIONS) } },
  v1: { summary: 'List the collections of v1', answers: { 200: json(V1) } },
  healthcheck: {
    summary: 'Tell whether this process takes requests', answers: { 200: health('It does.'), 503: health('An operator has taken it out.') },
  },
});
