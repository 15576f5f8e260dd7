import type { DriverOnHost } from '@jeroboam/messaging';

export interface BannerFacts {
  readonly apiUrl: string;
  readonly sandboxUrl: string | null;
  readonly openrc: string | null;
  readonly opsUrl: string;
  readonly dataDir: string;
  readonly drivers: readonly DriverOnHost[];
  /** The user's first cluster template is in the sandbox. */
  readonly firstTemplate: string | null;
  readonly bootMs: number;
}

/** What a person needs to know next. */
export function banner({ apiUrl, sandboxUrl, openrc, opsUrl, dataDir, drivers, firstTemplate, bootMs }: BannerFacts): string {
  const where = [
    `  API        ${apiUrl}/v1`,
    ...(sandboxUrl ? [`  Identity   ${sandboxUrl}/v3   (a sandbox: users demo, demo2, reader, other, admin)`] : []),
    `  Health     ${opsUrl}/readyz, ${opsUrl}/metrics`,
    `  Data       ${dataDir}`,
  ];
  const width = Math.max(...drivers.map((driver) => titleOf(driver).length));
  return ['', `Jeroboam is ready after ${(bootMs / 1_000).toFixed(1)} s`, '', ...where, '', 'Drivers', ...drivers.flatMap((driver) => driverLines(driver, width)), '', ...(openrc ? next(openrc, firstTemplate) : []), ''].join('\n');
}

function titleOf({ name, version }: DriverOnHost): string {
  return `${name} ${version}`;
}

function driverLines(driver: DriverOnHost, width: number): string[] {
  const { available, missing } = driver;
  const title = `  ${titleOf(driver).padEnd(width)}`;
  if (available) return [`${title} available`];
  return [`${title} not available here`, ...missing.map(({ what, reason, package: brings }) => `    ${what} is missing: ${reason}${brings ? `  → apt-get install ${brings}` : ''}`)];
}

function next(openrc: string, firstTemplate: string | null): string[] {
  return [
    'Next, in another terminal (Debian: python3-openstackclient python3-magnumclient)',
    `  source ${openrc}`,
    ...(firstTemplate === null ? [] : [`  openstack coe cluster create k1 --cluster-template ${firstTemplate} --master-count 1 --node-count 2   # in the sandbox: needs no root`]),
    '  openstack coe cluster template create swarm --coe swarm-mode --image debian --external-network public --server-type vm --network-driver docker',
    '  openstack coe cluster create b1 --cluster-template swarm --master-count 1 --node-count 2',
    '  openstack coe cluster show b1',
    '  mkdir -p b1 && eval "$(openstack coe cluster config b1 --dir b1 --force --output-certs)" && docker node ls',
    '  npx jeroboam events bay/b1',
  ];
}
