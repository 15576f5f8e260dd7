import type { ThingsInCloud } from './cloud-lookups.contract.ts';
import type { IdentityUnderTest } from './keystone-token-validator.contract.ts';

export interface RealCloud {
  readonly identity: IdentityUnderTest;
  /** Left out when not every thing is named: then only Keystone is held to its contract. */
  readonly things?: ThingsInCloud;
}

const PREFIX = 'JEROBOAM_REAL_OS_';

/**
 * A real cloud to run the contract suites against, from `JEROBOAM_REAL_OS_AUTH_URL`, `…_SERVICE_USERNAME`,
 * `…_SERVICE_PASSWORD`, `…_SERVICE_PROJECT`, `…_USERNAME`, `…_PASSWORD`, `…_PROJECT` and, for the look-ups, `…_THINGS`
 * (a `ThingsInCloud` in JSON); `undefined` when `…_AUTH_URL` is not set.
 */
export function realCloudOf(env: NodeJS.ProcessEnv): RealCloud | undefined {
  const authUrl = env[`${PREFIX}AUTH_URL`];
  if (authUrl === undefined) return undefined;
  const needed = (name: string): string => {
    const value = env[PREFIX + name];
    if (value === undefined) throw new Error(`${PREFIX}AUTH_URL is set, ${PREFIX}${name} is not`);
    return value;
  };
  const things = env[`${PREFIX}THINGS`];
  return {
    identity: {
      authUrl,
      service: { username: needed('SERVICE_USERNAME'), password: needed('SERVICE_PASSWORD'), projectName: needed('SERVICE_PROJECT') },
      member: { username: needed('USERNAME'), password: needed('PASSWORD'), projectName: needed('PROJECT') },
    },
    ...(things === undefined ? {} : { things: JSON.parse(things) as ThingsInCloud }),
  };
}
