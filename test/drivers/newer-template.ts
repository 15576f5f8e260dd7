import { compareSemver, semverNumbers, templatesOf } from '@jeroboam/driver-sdk';
import { bayStackName } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { openOnCloud } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import type { TriedLife } from './tried-life.ts';

const NOTE = 'of the newer template';

/** The same driver with one template more, a MINOR one: it has a parameter with a default and puts out its value. */
function withNewerTemplate(blueprint: HeatBlueprint): { readonly blueprint: HeatBlueprint; readonly version: string } {
  const newest = blueprint.bundles.toSorted((one, other) => compareSemver(one.version, other.version)).at(-1)!;
  const [major, minor] = semverNumbers(newest.version);
  const version = `${major}.${minor! + 1}.0`;
  const files = Object.fromEntries(Object.entries(newest.files).map(([name, text]) => [name, name === 'bay.yaml' || name === 'node-group.yaml' ? noted(text) : text]));
  const { bundles } = templatesOf(...blueprint.bundles, { ...newest, version, files });
  return { blueprint: { ...blueprint, bundles }, version };
}

function noted(template: string): string {
  return template
    .replace(/^parameters:\n/m, `parameters:\n  note: {type: string, default: ${NOTE}}\n`)
    .replace(/^outputs:\n/m, 'outputs:\n  note: {value: {get_param: note}}\n');
}

/** Leads a bay to a newer template in its cloud, and holds that every one of its stacks has it and nothing was made anew. */
export async function expectMoved(tried: TriedLife, cloud: CloudUnderTest, blueprint: HeatBlueprint): Promise<void> {
  const newer = withNewerTemplate(blueprint);
  const opened = openOnCloud(newer.blueprint, cloud);
  try {
    const { bayId } = tried.bay.spec;
    const before = await opened.identities(bayId);
    const nodes = nodesOf(tried);
    await tried.moveTo(newer.version, opened.driver);
    expect(await opened.identities(bayId)).toEqual(before);
    expect(nodesOf(tried)).toEqual(nodes);
    const stacks = await Promise.all((await opened.inventory(bayId)).map(({ name }) => cloud.stacks.find(name)));
    expect(stacks.map((stack) => stack?.name)).toContain(bayStackName(tried.bay.spec));
    for (const stack of stacks) expect(stack?.outputs).toMatchObject({ note: NOTE });
  } finally {
    await opened.close();
  }
}

function nodesOf({ bay }: TriedLife): readonly string[] {
  return bay.nodes.map(({ name, address, externalId }) => `${name} ${address} ${externalId}`).sort();
}
