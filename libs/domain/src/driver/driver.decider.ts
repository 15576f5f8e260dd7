import type { Command, Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/error.ts';
import type { DomainEvent } from '../kernel/event.ts';

export type DriverLifeState = 'active' | 'beta' | 'deprecated' | 'retired';

/** A template bundle by what it holds: the same version never has another digest. */
export interface PublishedTemplate {
  readonly version: string;
  /** Hex SHA-256. */
  readonly digest: string;
}

interface OfDriver {
  readonly name: string;
  readonly version: string;
}

export type DriverCommand =
  /** What a process that boots has loaded. */
  | Command<'PublishTemplates', OfDriver & { templates: readonly PublishedTemplate[] }>
  /** `from`: what the driver's manifest says, which holds until somebody says otherwise. */
  | Command<'ChangeDriverState', OfDriver & { from: DriverLifeState; state: DriverLifeState }>;

export type DriverEvent =
  /** Bundles that were seen for the first time. */
  | DomainEvent<'TemplatesPublished', 1, OfDriver & { templates: readonly PublishedTemplate[] }>
  /** An operator's word, which goes before the manifest's. */
  | DomainEvent<'DriverStateChanged', 1, OfDriver & { from: DriverLifeState; state: DriverLifeState }>;

interface KnownVersion {
  readonly digests: Readonly<Record<string, string>>;
  /** Null while nobody has changed it. */
  readonly state: DriverLifeState | null;
}

/** By version of the driver. */
export type DriverState = Readonly<Record<string, KnownVersion>>;

const UNKNOWN: KnownVersion = { digests: {}, state: null };

/** Whoever made bays with it must find it as it was: a changed template is a new version. */
export class TemplateChanged extends DomainError {
  readonly code = 'TEMPLATE_CHANGED';
  readonly kind = 'conflict';
  constructor({ name, version }: OfDriver, template: PublishedTemplate, known: string) {
    super(
      `Template ${template.version} of driver ${name} ${version} was published with digest ${known} and is now ${template.digest}: a template that has changed needs a version of its own.`,
      { driver: name, version, templateVersion: template.version, published: known, loaded: template.digest },
    );
  }
}

/** Streams are `driver-<name>`: all versions of a driver are one aggregate. */
export const driverDecider: Decider<DriverState, DriverCommand, DriverEvent> = {
  initialState: () => ({}),
  decide({ type, data }, state) {
    const known = state[data.version] ?? UNKNOWN;
    return type === 'PublishTemplates' ? publish(data, known) : change(data, known);
  },
  evolve(state, { type, data }) {
    const known = state[data.version] ?? UNKNOWN;
    if (type === 'DriverStateChanged') return { ...state, [data.version]: { ...known, state: data.state } };
    const digests = Object.fromEntries(data.templates.map(({ version, digest }) => [version, digest]));
    return { ...state, [data.version]: { ...known, digests: { ...known.digests, ...digests } } };
  },
};

function publish({ name, version, templates }: Extract<DriverCommand, { type: 'PublishTemplates' }>['data'], known: KnownVersion): DriverEvent[] {
  for (const template of templates) {
    const before = known.digests[template.version];
    if (before !== undefined && before !== template.digest) throw new TemplateChanged({ name, version }, template, before);
  }
  const fresh = templates.filter((template) => known.digests[template.version] === undefined);
  return fresh.length === 0 ? [] : [{ type: 'TemplatesPublished', schemaVersion: 1, data: { name, version, templates: fresh } }];
}

function change({ name, version, from, state }: Extract<DriverCommand, { type: 'ChangeDriverState' }>['data'], known: KnownVersion): DriverEvent[] {
  const before = known.state ?? from;
  return before === state ? [] : [{ type: 'DriverStateChanged', schemaVersion: 1, data: { name, version, from: before, state } }];
}
