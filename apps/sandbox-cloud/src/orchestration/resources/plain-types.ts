import { randomInt } from 'node:crypto';
import { CloudError } from '../../inventory/cloud-error.ts';
import { sleepUntil } from '../../inventory/clock.ts';
import type { Clock } from '../../inventory/clock.ts';
import type { Ids } from '../../inventory/ids.ts';
import { NeedsReplacement } from '../engine/resource-type.ts';
import type { ResourceContext, ResourceType } from '../engine/resource-type.ts';
import { isMap } from '../hot/json.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { select } from '../hot/reference-functions.ts';
import { typeSchema } from './schemas.ts';

export interface PlainParts {
  readonly clock: Clock;
  readonly ids: Ids;
}

const nothing = () => Promise.resolve();

/** Takes everything and is nothing: a type can be mapped to it to leave it out. */
function noneType({ ids }: PlainParts): ResourceType {
  return {
    name: 'OS::Heat::None', schemas: undefined, attributes: undefined,
    create: (context) => {
      context.record.physicalId ??= ids.uuid();
      return nothing();
    },
    update: nothing,
    delete: nothing,
    attribute: () => null,
  };
}

/** A resource to test engines with: it can be told to take its time, to fail and to be replaced. */
function testResourceType({ clock }: PlainParts): ResourceType {
  const act = async ({ properties, record, save, signal }: ResourceContext, action: string) => {
    const waits = isMap(properties['action_wait_secs']) ? properties['action_wait_secs'] : {};
    const seconds = Number(waits[action] ?? properties['wait_secs'] ?? 0);
    // The end is kept, so that a restart does not begin the wait anew.
    const kept = record.data['wait'];
    const untilMs = isMap(kept) && kept['action'] === action ? Number(kept['untilMs']) : clock.now() + seconds * 1_000;
    record.data['wait'] = { action, untilMs };
    save();
    await sleepUntil(clock, untilMs, signal);
    delete record.data['wait'];
    if (properties['fail'] === true && action !== 'delete') throw new CloudError('ValueError', 500, `Test Resource failed ${record.name}`);
  };
  return {
    name: 'OS::Heat::TestResource', ...typeSchema('OS::Heat::TestResource'),
    create: async (context) => {
      await act(context, 'create');
      context.record.physicalId = context.physicalName;
    },
    update: (context) => {
      if (context.properties['update_replace'] === true) throw new NeedsReplacement();
      return act(context, 'update');
    },
    delete: (context) => act(context, 'delete'),
    attribute: ({ record }, attribute, path) =>
      (attribute === 'output' ? select(record.properties['value'] ?? null, path) ?? null : undefined),
  };
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const SEQUENCES: Readonly<Record<string, string>> = {
  lowercase: LOWER, uppercase: LOWER.toUpperCase(), letters: LOWER + LOWER.toUpperCase(), digits: '0123456789',
  lettersdigits: `${LOWER}${LOWER.toUpperCase()}0123456789`, hexdigits: '0123456789abcdefABCDEF', octdigits: '01234567',
};

/** One sequence of characters and how many of it there must be at least. */
function required(properties: JsonMap): { readonly from: string; readonly min: number }[] {
  const sequence = properties['sequence'];
  if (typeof sequence === 'string') return [{ from: SEQUENCES[sequence]!, min: 1 }];
  const classes = (properties['character_classes'] as JsonMap[] | undefined) ?? [];
  const sequences = (properties['character_sequences'] as JsonMap[] | undefined) ?? [];
  return [
    ...classes.map((each) => ({ from: SEQUENCES[each['class'] as string]!, min: Number(each['min'] ?? 1) })),
    ...sequences.map((each) => ({ from: each['sequence'] as string, min: Number(each['min'] ?? 1) })),
  ];
}

function randomText(properties: JsonMap): string {
  const parts = required(properties);
  const pick = (from: string) => from[randomInt(from.length)]!;
  const characters = parts.flatMap(({ from, min }) => Array.from({ length: min }, () => pick(from)));
  const all = parts.map(({ from }) => from).join('');
  while (characters.length < Number(properties['length'] ?? 32)) characters.push(pick(all));
  // What must be there is not always in front.
  return characters.map((character) => ({ character, rank: randomInt(2 ** 32) })).sort((one, other) => one.rank - other.rank)
    .map(({ character }) => character).join('');
}

const randomStringType: ResourceType = {
  name: 'OS::Heat::RandomString', ...typeSchema('OS::Heat::RandomString'),
  create: ({ record, physicalName, properties, save }) => {
    record.data['value'] ??= randomText(properties);
    record.physicalId = physicalName;
    save();
    return nothing();
  },
  update: nothing,
  delete: nothing,
  attribute: ({ record }, attribute) => (attribute === 'value' ? record.data['value'] ?? null : undefined),
  reference: ({ record }) => record.data['value'] ?? null,
};

/** A value under a name, with its type checked. */
const valueType: ResourceType = {
  name: 'OS::Heat::Value', ...typeSchema('OS::Heat::Value'),
  create: ({ record, physicalName }) => {
    record.physicalId = physicalName;
    return nothing();
  },
  update: nothing,
  delete: nothing,
  attribute: ({ record }, attribute, path): Json | undefined =>
    (attribute === 'value' ? select(record.properties['value'] ?? null, path) ?? null : undefined),
};

/** Types that need nothing of a cloud. */
export function plainTypes(parts: PlainParts): ResourceType[] {
  return [noneType(parts), testResourceType(parts), randomStringType, valueType];
}
