import type { Recording } from '../golden/recording.ts';
import type { Dice } from './dice.ts';
import { MADE_UP_NAMES, NAMES, STAND_INS } from './fixtures.ts';
import type { Asker, FuzzRequest } from './fuzz-request.ts';
import { mutated } from './mutate.ts';
import { Values, filled, textOf, type Json, type Shape } from './values.ts';

type Members = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Shape;
}

interface Described {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Shape;
  /** Last minor version that has it, where there is one. */
  readonly lastMinor?: number;
  /** How often it is asked, in comparison. */
  readonly weight: number;
}

type Askers = readonly (readonly [weight: number, asker: Asker])[];
const ASKERS: Askers = [[70, 'demo'], [14, 'admin'], [6, 'demo2'], [6, 'reader'], [2, 'nobody'], [2, 'stranger']];

const ADMIN_ASKERS: Askers = [[75, 'admin'], [20, 'demo'], [5, 'reader']];

/** Makes up requests from the OpenAPI document, and from what was once said to a Magnum; by the dice alone. */
export class Requests {
  readonly #operations: readonly (readonly [number, Described])[];
  readonly #recorded: readonly FuzzRequest[];
  readonly #values: Values;

  constructor(document: Members, recordings: readonly Recording[], private readonly dice: Dice) {
    const { schemas } = document['components'] as { readonly schemas: Readonly<Record<string, Shape>> };
    this.#values = new Values(dice, (ref) => schemas[ref.slice(ref.lastIndexOf('/') + 1)]!);
    this.#operations = described(document).map((operation) => [operation.weight, operation]);
    this.#recorded = recordings.map(asRequest);
  }

  next(): FuzzRequest {
    const { dice } = this;
    if (dice.chance(35)) return harmless(dice, dice.chance(95) ? mutated(dice, dice.pick(this.#recorded)) : dice.pick(this.#recorded));
    const tidy = dice.chance(60);
    const request = this.#fromDocument(dice.weighted(this.#operations), tidy);
    return harmless(dice, dice.chance(tidy ? 25 : 60) ? mutated(dice, request) : request);
  }

  #fromDocument({ method, path, parameters, body, lastMinor }: Described, tidy: boolean): FuzzRequest {
    const { dice } = this;
    const query = parameters.filter((parameter) => parameter.in === 'query' && dice.chance(tidy ? 10 : 30))
      .map(({ name, schema }) => `${name}=${encodeURIComponent(plain(this.#values.of(schema, name, tidy)))}`);
    const version = lastMinor === undefined && dice.chance(70) ? 'latest' : `1.${1 + dice.below(lastMinor ?? 14)}`;
    return {
      as: dice.weighted(/^\/v1\/(?:quotas|mservices)/.test(path) ? ADMIN_ASKERS : ASKERS), method,
      target: [filled(dice, path), ...(query.length > 0 ? [query.join('&')] : [])].join('?'),
      headers: {
        'openstack-api-version': `container-infra ${version}`,
        ...(path === '/v1/events' ? { accept: 'text/event-stream' } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: textOf(this.#values.of(body, 'body', tidy)) } : {}),
    };
  }
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function described(document: Members): Described[] {
  const paths = Object.entries(document['paths'] as Readonly<Record<string, Readonly<Record<string, Members>>>>);
  // A path without /v1 refers to the one with it, and is tried as a mutation.
  const own = paths.filter(([, item]) => !('$ref' in item));
  return own.flatMap(([path, item]) => Object.entries(item).map(([verb, operation]): Described => {
    const body = operation['requestBody'] as { readonly content: Readonly<Record<string, { readonly schema: Shape }>> } | undefined;
    const until = operation['x-until-microversion'] as string | undefined;
    const succeeds = Object.keys(operation['responses'] as Members).some((status) => status.startsWith('2'));
    return {
      method: verb.toUpperCase(), path, parameters: operation['parameters'] as readonly Parameter[],
      // Where there is a body, there is more to get wrong, and what changes something is refused for more reasons.
      weight: succeeds ? (body || verb === 'post' ? 6 : 3) : 1,
      ...(until === undefined ? {} : { lastMinor: Number(until.slice(2)) }),
      ...(body ? { body: body.content['application/json']!.schema } : {}),
    };
  }));
}

function asRequest({ user, request }: Recording): FuzzRequest {
  const headers = Object.fromEntries([...request.headers].filter(([name]) => name !== 'x-auth-token' && name !== 'content-length'));
  return {
    as: user as Asker, method: request.method, target: request.target, headers,
    ...(request.headers.has('content-type') ? { body: request.body } : {}),
  };
}

/** What is there from the beginning stays to be asked about: only what was made up goes. */
function harmless(dice: Dice, request: FuzzRequest): FuzzRequest {
  if (request.method !== 'DELETE') return request;
  const { project: _project, ...kept } = STAND_INS;
  const ofFixtures = new RegExp([...Object.values(kept), ...NAMES].join('|'), 'g');
  const isOfFixture = /nodegroups|\/nodes\//.test(request.target);
  return isOfFixture ? request : { ...request, target: request.target.replaceAll(ofFixtures, () => dice.pick(MADE_UP_NAMES)) };
}
