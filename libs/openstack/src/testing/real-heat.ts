import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDomainAdmin } from './keystone-domains.ts';
import type { Login } from './login.ts';
import { freePort } from '@jeroboam/platform/testing';
import { RealKeystone } from './real-keystone.ts';
import { ServerProcess } from './server-process.ts';

/** For the hooks of tests: ready after ten seconds, Keystone included; on a busy machine after several times that. */
export const HEAT_START_TIMEOUT_MS = 180_000;

const PACKAGE = '/usr/lib/python3/dist-packages/heat';
const PYTHON = '/usr/bin/python3';
/** The same two folders up from the sources and from the built files. */
const OWN_FILES = join(import.meta.dirname, '..', '..', 'real-heat');
const SERVICE: Login = { username: 'heat', password: 'secret', projectName: 'service' };
const MEMBER: Login = { username: 'demo', password: 'secret', projectName: 'demo' };
/** Owns the users that Heat makes for the signals of wait conditions. */
const STACK_USERS = { domain: 'heat', username: 'heat_domain_admin', password: 'secret' };

/** What goes wrong with things that are stood in for: an error in the words of a service, or a slowness. */
export type StandInFault = { readonly type: string; readonly action: 'create' | 'delete'; readonly times?: number }
  & ({ readonly error: string; readonly message: string } | { readonly seconds: number });

/**
 * A real Heat 19 of Debian's `python3-heat` with a real Keystone, on loopback, with SQLite in a directory of its own. API and
 * engine share one process. Infrastructure is stood in for (`real-heat/plugins/stand_ins.py`): templates are checked
 * against the real properties, nothing is made, addresses are invented.
 */
export class RealHeat {
  readonly authUrl: string;
  /** May own stacks. */
  readonly member = MEMBER;
  #keystone: RealKeystone | undefined;
  #server: ServerProcess | undefined;
  readonly #directory = mkdtempSync(join(tmpdir(), 'jeroboam-heat-'));
  readonly #faults = mkdtempSync(join(this.#directory, 'faults-'));

  private constructor(private readonly keystonePort: number, private readonly port: number) {
    this.authUrl = `http://127.0.0.1:${keystonePort}/v3`;
  }

  /** @throws when a package is missing, or with what the server wrote when it does not start. */
  static async start(): Promise<RealHeat> {
    if (!existsSync(PACKAGE)) throw new Error(`${PACKAGE} is missing: install python3-heat (Debian)`);
    const heat = new RealHeat(await freePort(), await freePort());
    // Both at once: Heat asks Keystone for nothing before its first request.
    const failed = (await Promise.allSettled([heat.#startKeystone(), heat.#startHeat()])).find(({ status }) => status === 'rejected');
    if (!failed) return heat;
    await heat.close();
    throw (failed as PromiseRejectedResult).reason;
  }

  /** Takes Heat away without letting it finish anything; Keystone stays. */
  async kill(): Promise<void> {
    await this.#server?.end();
    this.#server = undefined;
  }

  /**
   * Brings it back at the same address with the same stacks.
   * @param options.serviceType what it takes itself for; with '' it can hold nobody to access rules. @default orchestration
   */
  async resume({ serviceType = 'orchestration' }: { readonly serviceType?: string } = {}): Promise<void> {
    writeFileSync(this.#path('heat.conf'), configuration(this.#directory, this.authUrl, this.port, serviceType));
    this.#server = await ServerProcess.start({
      program: PYTHON, args: [join(OWN_FILES, 'launch.py'), '--config-file', this.#path('heat.conf')],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: this.#directory, PYTHONDONTWRITEBYTECODE: '1', STAND_IN_FAULTS: this.#faults },
      logFile: this.#path('output.log'), readyUrl: `http://127.0.0.1:${this.port}/healthcheck`,
    });
  }

  /**
   * From now on these go wrong, and no others, in the stacks in whose names `part` is; an empty list mends them.
   * @param part as it can be in the name of a stack.
   */
  breaks(part: string, faults: readonly StandInFault[]): void {
    const path = join(this.#faults, `${part}.json`);
    // In one go: Heat may be reading it.
    writeFileSync(`${path}.new`, JSON.stringify(faults));
    renameSync(`${path}.new`, path);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#keystone?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #startKeystone(): Promise<void> {
    this.#keystone = await RealKeystone.start({ ...contents(this.port), port: this.keystonePort });
    await addDomainAdmin(this.authUrl, STACK_USERS);
  }

  async #startHeat(): Promise<void> {
    writeFileSync(this.#path('api-paste.ini'), PASTE);
    await this.resume();
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

function contents(heatPort: number) {
  return {
    projects: [{ name: SERVICE.projectName }, { name: MEMBER.projectName }],
    users: [
      // `heat_stack_user` only has to be there: the users that Heat makes get it.
      { name: SERVICE.username, password: SERVICE.password, roles: { [SERVICE.projectName]: ['admin', 'service', 'heat_stack_user'] } },
      { name: MEMBER.username, password: MEMBER.password, roles: { [MEMBER.projectName]: ['member'] } },
    ],
    services: [{ type: 'orchestration', name: 'heat', url: `http://127.0.0.1:${heatPort}/v1/%(tenant_id)s` }],
  };
}

/** The middle part of a stock installation, without what needs other servers. */
const PASTE = `
[pipeline:heat-api]
pipeline = healthcheck request_id faultwrap versionnegotiation authurl authtoken context apiv1app
[app:apiv1app]
paste.app_factory = heat.common.wsgi:app_factory
heat.app_factory = heat.api.openstack.v1:API
[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
[filter:request_id]
paste.filter_factory = oslo_middleware.request_id:RequestId.factory
[filter:faultwrap]
paste.filter_factory = heat.common.wsgi:filter_factory
heat.filter_factory = heat.api.openstack:faultwrap_filter
[filter:versionnegotiation]
paste.filter_factory = heat.common.wsgi:filter_factory
heat.filter_factory = heat.api.openstack:version_negotiation_filter
[filter:authurl]
paste.filter_factory = heat.common.auth_url:filter_factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
[filter:context]
paste.filter_factory = heat.common.context:ContextMiddleware_filter_factory
`;

function configuration(directory: string, authUrl: string, port: number, serviceType: string): string {
  const service = [
    'auth_type = password', `auth_url = ${authUrl}`, `username = ${SERVICE.username}`, `password = ${SERVICE.password}`,
    'user_domain_name = Default',
  ];
  return [
    '[DEFAULT]', `log_file = ${directory}/heat.log`, 'use_stderr = false',
    // Memory carries messages within one process only, so the engine has no workers of its own.
    'transport_url = fake://', 'num_engine_workers = 1', 'rpc_response_timeout = 30',
    `environment_dir = ${directory}/environment.d`, `template_dir = ${directory}/templates`,
    `plugin_dirs = ${join(OWN_FILES, 'plugins')}`,
    `stack_user_domain_name = ${STACK_USERS.domain}`, `stack_domain_admin = ${STACK_USERS.username}`,
    `stack_domain_admin_password = ${STACK_USERS.password}`,
    `heat_metadata_server_url = http://127.0.0.1:${port}`, `heat_waitcondition_server_url = http://127.0.0.1:${port}/v1/waitcondition`,
    'auth_encryption_key = 0123456789abcdef0123456789abcdef', 'region_name_for_services = RegionOne',
    '[heat_all]', 'enabled_services = engine,api',
    '[heat_api]', 'bind_host = 127.0.0.1', `bind_port = ${port}`, 'workers = 1',
    // Nothing of it is to outlive the machine.
    '[database]', `connection = sqlite:///${directory}/heat.sqlite`, 'sqlite_synchronous = false',
    '[clients_keystone]', `auth_uri = ${authUrl}`,
    '[keystone_authtoken]', `www_authenticate_uri = ${authUrl}`, ...service, `project_name = ${SERVICE.projectName}`,
    'project_domain_name = Default', 'service_token_roles_required = true',
    // With its own type it can hold application credentials to their access rules.
    `service_type = ${serviceType}`,
    '[trustee]', ...service,
    '[paste_deploy]', `api_paste_config = ${directory}/api-paste.ini`,
    '[oslo_messaging_notifications]', 'driver = noop', '',
  ].join('\n');
}
