import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';
import { ourDrivers } from '../testing/our-drivers.ts';
import { DeprecationRegistry } from './deprecation-registry.ts';
import { DEPRECATED } from './deprecations.ts';
import { shippedProblems, type Present, type Shipped } from './testing/shipped-problems.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const SETTINGS = readFileSync(join(ROOT, 'README.md'), 'utf8') + readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const LEDGER = 'infra/docs/deprecations-shipped.json';

const bays: Shipped = { feature: 'endpoint:bays', kind: 'endpoint', name: '/v1/bays', since: '2026-11-23', sunset: '2027-06-01' };
const kept: Present = { ledger: [bays], earlier: [[bays]], registry: [bays], there: new Set([bays.feature]) };
const BEFORE = '2027-05-31';

describe('the check of what we promised', () => {
  it('is content with what is there until its sunset', () => {
    expect(shippedProblems(kept, BEFORE)).toEqual([]);
  });

  it.each<[string, Partial<Present>, string]>([
    ['the registry forgets it', { registry: [] }, 'endpoint:bays was taken out of the registry before its sunset, 2027-06-01'],
    ['the ledger forgets it', { ledger: [], registry: [] }, 'endpoint:bays was taken out of the ledger before its sunset, 2027-06-01'],
    ['it is not there any more', { there: new Set() }, 'endpoint:bays: /v1/bays is not there any more, and its sunset is 2027-06-01'],
    [
      'the registry is in a hurry', { registry: [{ ...bays, sunset: '2027-05-01' }] },
      'endpoint:bays goes on 2027-05-01 by the registry; 2027-06-01 was announced',
    ],
    [
      'the ledger was brought forward', { ledger: [{ ...bays, sunset: '2027-05-30' }], registry: [{ ...bays, sunset: '2027-05-30' }] },
      'endpoint:bays goes on 2027-05-30 by the ledger; 2027-06-01 was announced',
    ],
    ['the id means another thing', { registry: [{ ...bays, name: '/v1/x' }] }, 'endpoint:bays is another thing in the registry'],
    ['nobody was told', { ledger: [], earlier: [] }, 'endpoint:bays is deprecated and not in the ledger: add it'],
    [
      'users get too little time', { ledger: [{ ...bays, sunset: '2027-02-22' }], earlier: [] },
      'endpoint:bays: 2027-02-22 is less than 3 months after 2026-11-23',
    ],
  ])('complains when %s', (_what, changes, problem) => {
    expect(shippedProblems({ ...kept, ...changes }, BEFORE)).toEqual([problem]);
  });

  it('lets a sunset be put off, and everything go when it has come', () => {
    expect(shippedProblems({ ...kept, registry: [{ ...bays, sunset: '2028-01-01' }] }, BEFORE)).toEqual([]);
    expect(shippedProblems({ ...kept, registry: [], there: new Set() }, bays.sunset)).toEqual([]);
  });
});

describe('what we deprecated', () => {
  let api: ApiHarness;
  let manifests: readonly DriverManifest[];
  beforeAll(async () => {
    api = await ApiHarness.open();
    manifests = await ourDrivers();
  });
  afterAll(() => api.close());

  /** Asked of the product itself, as a client would. */
  async function isThere({ kind, name }: Shipped): Promise<boolean> {
    switch (kind) {
      case 'endpoint': return (await api.call(`GET ${name}`, { version: 'container-infra 1.1' })).status === 200;
      case 'coe': return !/attribute coe\./.test(detailOf(await api.call('POST /v1/clustertemplates', { body: { coe: name } })));
      case 'field': {
        const [resource, field] = name.split('.') as [string, string];
        return !detailOf(await api.call(`POST /v1/${resource}`, { body: { [field]: null } })).startsWith('Unknown attribute');
      }
      // Every label is taken.
      case 'label': return true;
      case 'microversion': return (await api.call('GET /v1/clusters', { version: `container-infra ${name}` })).status === 200;
      case 'config': return SETTINGS.includes(`\`${name}\``);
      case 'driver': return manifests.some((manifest) => `${manifest.name}@${manifest.version}` === name);
    }
  }

  it('stays until its sunset', async () => {
    const ledger = JSON.parse(readFileSync(join(ROOT, LEDGER), 'utf8')) as Shipped[];
    const there = new Set<string>();
    for (const entry of ledger) if (await isThere(entry)) there.add(entry.feature);
    const registry = new DeprecationRegistry(DEPRECATED, manifests, () => new Date()).entries;
    const today = new Date().toISOString().slice(0, 10);
    expect(shippedProblems({ ledger, earlier: committedLedgers(), registry, there }, today)).toEqual([]);
  });

  it('is asked for in a way that can tell', async () => {
    const nothing = { feature: '', since: '', sunset: '' };
    const inventions = [['endpoint', '/v1/nonsense'], ['coe', 'nomad'], ['field', 'clusters.nonsense'], ['driver', 'x@1.0.0'], ['microversion', '1.99'], ['config', 'JEROBOAM_NOTHING']] as const;
    for (const [kind, name] of inventions) {
      expect([kind, await isThere({ ...nothing, kind, name })]).toEqual([kind, false]);
    }
    expect(await isThere({ ...nothing, kind: 'field', name: 'clusters.discovery_url' })).toBe(true);
    expect(await isThere({ ...nothing, kind: 'microversion', name: '1.1' })).toBe(true);
    expect(await isThere({ ...nothing, kind: 'config', name: 'JEROBOAM_PORT' })).toBe(true);
  });
});

function detailOf(answer: Parameters<typeof errorOf>[0]): string {
  return errorOf(answer).detail;
}

/** Every version of the ledger that this copy of the history knows; without a history, none. */
function committedLedgers(): readonly (readonly Shipped[])[] {
  if (!existsSync(join(ROOT, '.git'))) return [];
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' });
  const commits = git('log', '--format=%H', '--diff-filter=AM', '--', LEDGER).split('\n').filter(Boolean);
  return commits.map((commit) => JSON.parse(git('show', `${commit}:${LEDGER}`)) as Shipped[]);
}
