import { EXIT_USAGE, Problem } from '../problem.ts';
import { findOpenrc, parseOpenrc, type Variables } from './openrc.ts';

/** Something of Keystone's, by id or by name in a domain. */
export type Named = { readonly id: string } | { readonly name: string; readonly domain: Domain };
type Domain = { readonly id: string } | { readonly name: string };

export type Login =
  | { readonly method: 'password'; readonly user: Named; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

/** Where the cloud is and who asks. Holds secrets: not for printing. */
export interface CloudSettings {
  /** Keystone's v3 address, without a slash at the end; null when it is not needed. */
  readonly authUrl: string | null;
  readonly login: Login;
  /** Null: what the token is for already. */
  readonly project: Named | null;
  readonly region: string | undefined;
  readonly interface: string;
  /** Where the container infrastructure service is, instead of what Keystone's catalog says. */
  readonly endpoint: string | undefined;
  /** File with further certificate authorities, PEM. */
  readonly caFile: string | undefined;
}

/** Options that stand for variables. A password is no option on purpose: other users see command lines. */
export const CLOUD_OPTIONS = {
  osAuthUrl: { flags: '--os-auth-url <url>', variable: 'OS_AUTH_URL', description: 'address of Keystone' },
  osUsername: { flags: '--os-username <name>', variable: 'OS_USERNAME', description: 'user' },
  osUserDomainName: { flags: '--os-user-domain-name <name>', variable: 'OS_USER_DOMAIN_NAME', description: 'domain of the user' },
  osProjectName: { flags: '--os-project-name <name>', variable: 'OS_PROJECT_NAME', description: 'project' },
  osProjectId: { flags: '--os-project-id <id>', variable: 'OS_PROJECT_ID', description: 'project, by id' },
  osProjectDomainName: {
    flags: '--os-project-domain-name <name>', variable: 'OS_PROJECT_DOMAIN_NAME', description: 'domain of the project',
  },
  osRegionName: { flags: '--os-region-name <name>', variable: 'OS_REGION_NAME', description: 'region, where there are several' },
  osInterface: { flags: '--os-interface <kind>', variable: 'OS_INTERFACE', description: 'public, internal or admin endpoint' },
  osCacert: { flags: '--os-cacert <file>', variable: 'OS_CACERT', description: 'certificate authority of the cloud, PEM' },
  endpoint: { flags: '--endpoint <url>', variable: 'JEROBOAM_ENDPOINT', description: 'address of the service, instead of the catalog\'s' },
} as const;

export type CloudOptions = { readonly [K in keyof typeof CLOUD_OPTIONS]?: string };

const ADVICE = 'Run `. ./openrc` in the folder where the service was started, or set the OS_* variables of your cloud.';

/**
 * Reads who asks and where: options first, then the environment; where that does not say which cloud, the nearest
 * file `openrc` counts as if it had been sourced.
 *
 * @param say told which file was used.
 * @throws {Problem} naming everything that is missing.
 */
export function readCloudSettings(options: CloudOptions, env: Variables, folder: string, say: (text: string) => void): CloudSettings {
  const given = variablesOf(options);
  const isGiven = (name: string) => Boolean(given[name] ?? env[name]);
  const sourced = isGiven('OS_AUTH_URL') || (isGiven('JEROBOAM_ENDPOINT') && isGiven('OS_TOKEN')) ? {} : source(env, folder, say);
  return settingsOf((name) => given[name] || sourced[name] || env[name] || undefined);
}

function variablesOf(options: CloudOptions): Variables {
  return Object.fromEntries(Object.entries(CLOUD_OPTIONS).map(([name, { variable }]) => [variable, options[name as keyof CloudOptions]]));
}

function source(env: Variables, folder: string, say: (text: string) => void): Variables {
  const openrc = findOpenrc(folder);
  if (!openrc) return {};
  say(`Using ${openrc.path}, because OS_AUTH_URL is not set.`);
  return parseOpenrc(openrc.text, env);
}

function settingsOf(get: Get): CloudSettings {
  const token = get('OS_TOKEN');
  const endpoint = get('JEROBOAM_ENDPOINT');
  const authUrl = get('OS_AUTH_URL');
  requireAll([
    ...(authUrl || (token && endpoint) ? [] : ['OS_AUTH_URL']),
    ...(token || get('OS_USERNAME') || get('OS_USER_ID') ? [] : ['OS_USERNAME']),
    ...(token || get('OS_PASSWORD') ? [] : ['OS_PASSWORD']),
    ...(token || get('OS_PROJECT_NAME') || get('OS_PROJECT_ID') ? [] : ['OS_PROJECT_NAME']),
  ]);
  return {
    authUrl: authUrl === undefined ? null : keystoneV3(authUrl),
    login: token === undefined ? passwordLogin(get) : { method: 'token', token },
    project: named('PROJECT', 'OS_PROJECT_NAME', get),
    region: get('OS_REGION_NAME'),
    interface: (get('OS_INTERFACE') ?? 'public').replace(/URL$/, ''),
    endpoint: endpoint === undefined ? undefined : urlOf('JEROBOAM_ENDPOINT', endpoint),
    caFile: get('OS_CACERT'),
  };
}

type Get = (name: string) => string | undefined;

function passwordLogin(get: Get): Login {
  return { method: 'password', user: named('USER', 'OS_USERNAME', get)!, password: get('OS_PASSWORD')! };
}

function requireAll(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const verb = missing.length === 1 ? 'is' : 'are';
  const message = `It is not said which cloud to ask and as whom: ${missing.join(', ')} ${verb} not set.`;
  throw new Problem(message, { advice: ADVICE, exitCode: EXIT_USAGE });
}

function named(kind: 'USER' | 'PROJECT', nameVariable: string, get: Get): Named | null {
  const id = get(`OS_${kind}_ID`);
  if (id !== undefined) return { id };
  const name = get(nameVariable);
  if (name === undefined) return null;
  const domainId = get(`OS_${kind}_DOMAIN_ID`) ?? get('OS_DEFAULT_DOMAIN_ID');
  const domainName = get(`OS_${kind}_DOMAIN_NAME`) ?? get('OS_DEFAULT_DOMAIN_NAME');
  if (domainName !== undefined) return { name, domain: { name: domainName } };
  return { name, domain: { id: domainId ?? 'default' } };
}

function keystoneV3(authUrl: string): string {
  const url = urlOf('OS_AUTH_URL', authUrl);
  return /\/v3$/.test(url) ? url : `${url.replace(/\/v2\.0$/, '')}/v3`;
}

function urlOf(variable: string, text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Problem(`${variable} is not an address: ${text}`, { advice: 'It begins with http:// or https://.', exitCode: EXIT_USAGE });
  }
  return text.replace(/\/+$/, '');
}
