import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineConfig, describeConfig, variableOf } from './config.ts';
import { ConfigInvalid } from './config-invalid.ts';
import { flag, integer, list, oneOf, port, secret, text, url } from './fields.ts';
import { loadConfig, variablesOf } from './load-config.ts';
import type { Secret } from './secret.ts';

const schema = defineConfig({
  apiPort: port('Where the API listens.').default(9511),
  leaseTtlSeconds: integer('How long a lease holds without renewal.', { min: 1, max: 3_600 }).default(30),
  logFormat: oneOf('Who reads the log.', ['json', 'pretty']).default('json'),
  keystoneUrl: url('The identity service.'),
  natsServers: list('The bus.').default(['nats://127.0.0.1:4222']),
  natsPassword: secret('Of the bus.', { minLength: 8 }).optional(),
  telemetryEnabled: flag('Whether bays are watched.').default(true),
  region: text('Name of the region.').optional(),
});

const minimal = { JEROBOAM_KEYSTONE_URL: 'https://keystone.example/v3/' };

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    loadConfig(schema, env, { warn: () => undefined });
  } catch (error) {
    if (error instanceof ConfigInvalid) return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('fills in defaults, reads types and freezes all of it', () => {
    const config = loadConfig(schema, {
      ...minimal,
      JEROBOAM_LEASE_TTL_SECONDS: '60',
      JEROBOAM_NATS_SERVERS: 'nats://a:1, nats://b:2',
      JEROBOAM_TELEMETRY_ENABLED: 'off',
    });
    expect(config).toEqual({
      apiPort: 9511,
      leaseTtlSeconds: 60,
      logFormat: 'json',
      keystoneUrl: 'https://keystone.example/v3',
      natsServers: ['nats://a:1', 'nats://b:2'],
      telemetryEnabled: false,
    });
    expect(() => Object.assign(config, { apiPort: 1 })).toThrow(TypeError);
    expect(() => config.natsServers.push('nats://c:3')).toThrow(TypeError);
  });

  it('lists everything that is wrong, with what is expected and what the default is', () => {
    expect(
      problemsOf({
        JEROBOAM_API_PORT: '70000',
        JEROBOAM_LEASE_TTL_SECONDS: '1.5',
        JEROBOAM_LOG_FORMAT: 'xml',
        JEROBOAM_TELEMETRY_ENABLED: 'maybe',
        JEROBOAM_NATS_SERVERS: ',',
      }),
    ).toEqual({
      JEROBOAM_API_PORT: 'is "70000"; expected an integer from 0 to 65535 (default: 9511). Where the API listens.',
      JEROBOAM_LEASE_TTL_SECONDS: 'is "1.5"; expected an integer from 1 to 3600 (default: 30). How long a lease holds without renewal.',
      JEROBOAM_LOG_FORMAT: 'is "xml"; expected one of json, pretty (default: json). Who reads the log.',
      JEROBOAM_TELEMETRY_ENABLED: 'is "maybe"; expected true or false (default: true). Whether bays are watched.',
      JEROBOAM_NATS_SERVERS: 'is ","; expected texts separated by commas (default: nats://127.0.0.1:4222). The bus.',
      JEROBOAM_KEYSTONE_URL: 'is missing; expected a URL with http or https (no default). The identity service.',
    });
  });

  it('puts all of it into one message', () => {
    expect(() => loadConfig(schema, { JEROBOAM_API_PORT: 'x' })).toThrow(
      'The configuration is invalid (2 problems):\n' +
        '  JEROBOAM_API_PORT is "x"; expected an integer from 0 to 65535 (default: 9511). Where the API listens.\n' +
        '  JEROBOAM_KEYSTONE_URL is missing; expected a URL with http or https (no default). The identity service.',
    );
  });

  it.each(['ftp://keystone', 'keystone', 'https//x'])('refuses %s for a URL of http', (value) => {
    expect(problemsOf({ JEROBOAM_KEYSTONE_URL: value })).toHaveProperty('JEROBOAM_KEYSTONE_URL');
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig(schema, { ...minimal, JEROBOAM_API_PORT: '' }).apiPort).toBe(9511);
    expect(problemsOf({ JEROBOAM_KEYSTONE_URL: '' })).toEqual({ JEROBOAM_KEYSTONE_URL: expect.stringMatching(/^is missing/) });
  });

  it('never shows the value of a secret', () => {
    expect(problemsOf({ ...minimal, JEROBOAM_NATS_PASSWORD: 'hunter2' })).toEqual({
      JEROBOAM_NATS_PASSWORD: 'has an unusable value; expected a secret of at least 8 characters (no default). Of the bus.',
    });
    const config = loadConfig(schema, { ...minimal, JEROBOAM_NATS_PASSWORD: 'correct horse' });
    expect(JSON.stringify(config)).not.toContain('horse');
    expect((config.natsPassword as Secret).reveal()).toBe('correct horse');
  });

  describe('with files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-config-'));
    const path = join(folder, 'password');
    beforeAll(() => writeFileSync(path, 'from a file\n'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('reads a variable from the file its _FILE twin names, without the last line break', () => {
      expect(
        loadConfig(
          schema,
          { ...minimal, JEROBOAM_NATS_PASSWORD_FILE: path },
          {
            warn: (w) => {
              throw new Error(w);
            },
          },
        ).natsPassword?.reveal(),
      ).toBe('from a file');
    });

    it('refuses a variable given both ways', () => {
      expect(problemsOf({ ...minimal, JEROBOAM_NATS_PASSWORD: 'correct horse', JEROBOAM_NATS_PASSWORD_FILE: path })).toEqual({
        JEROBOAM_NATS_PASSWORD: 'is given twice, also as JEROBOAM_NATS_PASSWORD_FILE; one of them must go.',
      });
    });

    it('says which file cannot be read, and why', () => {
      expect(problemsOf({ ...minimal, JEROBOAM_NATS_PASSWORD_FILE: '/no/such/file' })).toEqual({
        JEROBOAM_NATS_PASSWORD: 'cannot be read from the file that JEROBOAM_NATS_PASSWORD_FILE names (ENOENT): /no/such/file.',
      });
    });
  });

  it('warns of variables with our prefix that nothing reads, naming the nearest that is', () => {
    const warnings: string[] = [];
    const env = {
      ...minimal,
      JEROBOAM_KEYSTON_URL: 'x',
      JEROBOAM_SOMETHING_ELSE_ALTOGETHER: 'y',
      JEROBOAM_OTHER_APP: 'z',
      OTHER_PREFIX: '1',
    };
    loadConfig(schema, env, { warn: (warning) => warnings.push(warning), alsoKnown: ['JEROBOAM_OTHER_APP'] });
    expect(warnings).toEqual([
      'JEROBOAM_KEYSTON_URL is not read by anything; did you mean JEROBOAM_KEYSTONE_URL?',
      'JEROBOAM_SOMETHING_ELSE_ALTOGETHER is not read by anything',
    ]);
  });

  it('reports a rule between fields by its own words', () => {
    const together = defineConfig(z.object({ minNodes: integer('Least.').default(5), maxNodes: integer('Most.').default(3) }));
    const checked = together.refine(
      ({ minNodes, maxNodes }) => minNodes <= maxNodes,
      'JEROBOAM_MIN_NODES must not exceed JEROBOAM_MAX_NODES.',
    );
    expect(() => loadConfig(checked, {})).toThrow('(1 problem):\n  JEROBOAM_MIN_NODES must not exceed JEROBOAM_MAX_NODES.');
  });
});

describe('defineConfig', () => {
  it('refuses a field that nobody could be told about', () => {
    expect(() => defineConfig({ port: z.string() })).toThrow('configuration field port has no notes');
  });

  it('refuses a name that is not in camelCase', () => {
    expect(() => defineConfig({ API_PORT: port('x') })).toThrow('configuration field API_PORT is not in camelCase');
  });
});

describe('describeConfig', () => {
  it('tells of each variable what it decides, what it takes and what holds without it', () => {
    expect(describeConfig(schema).slice(3, 6)).toEqual([
      {
        field: 'keystoneUrl',
        variable: 'JEROBOAM_KEYSTONE_URL',
        description: 'The identity service.',
        expected: 'a URL with http or https',
        defaultValue: undefined,
        required: true,
        secret: false,
      },
      {
        field: 'natsServers',
        variable: 'JEROBOAM_NATS_SERVERS',
        description: 'The bus.',
        expected: 'texts separated by commas',
        defaultValue: 'nats://127.0.0.1:4222',
        required: false,
        secret: false,
      },
      {
        field: 'natsPassword',
        variable: 'JEROBOAM_NATS_PASSWORD',
        description: 'Of the bus.',
        expected: 'a secret of at least 8 characters',
        defaultValue: undefined,
        required: false,
        secret: true,
      },
    ]);
  });

  it('derives names of variables from names of fields', () => {
    expect([variableOf('leaseTtlSeconds'), variableOf('maxParallel32'), variableOf('s3Bucket')]).toEqual([
      'JEROBOAM_LEASE_TTL_SECONDS',
      'JEROBOAM_MAX_PARALLEL32',
      'JEROBOAM_S3_BUCKET',
    ]);
    expect(variablesOf(schema)).toContain('JEROBOAM_API_PORT_FILE');
  });
});
