import { flag, integer, list, oneOf, port, secret, text, url } from '@jeroboam/platform';

// Fragments of configuration, so that a variable means the same in every process. Each app composes its own schema.

const HERE = '127.0.0.1';

const pairs = (description: string) => list(description, 'COE=DRIVER, separated by commas', /^[^=]+=[^=]+$/);

export const storageFields = {
  dataDir: text('Directory of the event log, the read model, the keys and what drivers keep.', 'a path').default('.jeroboam'),
};

/** Of processes that meet over NATS. */
export const busFields = {
  natsServers: list('Addresses of the NATS servers, separated by commas.', 'HOST:PORT, separated by commas').default([`${HERE}:4222`]),
  natsToken: secret('Token for the NATS servers.').optional(),
};

/** What comes with us. */
const DRIVERS = [
  '@jeroboam/driver-swarm-local', '@jeroboam/driver-k8s-fedora-coreos', '@jeroboam/driver-swarm-fedora-atomic', '@jeroboam/driver-mesos-ubuntu',
  '@jeroboam/driver-k8s-fedora-ironic', '@jeroboam/driver-dcos-centos',
];

export const driverFields = {
  drivers: list('Drivers to load: package names, folders or module files, separated by commas.').default(DRIVERS),
  defaultDriver: text('Name of the driver where several could make a bay.').optional(),
};

/** Enforced by the scheduler, shown by the API. */
const quotaFields = { defaultQuota: integer('Bays of a project that has no quota of its own.').default(20) };

export const apiFields = {
  host: text('Address the API listens on; other than loopback only with authentication.', 'an address').default(HERE),
  port: port('Port the API listens on.').default(9_511),
  publicUrl: url('Scheme, host and path prefix under which clients reach the API, for links.').optional(),
  policyFile: text('YAML or JSON file with policy rules in place of single default ones: infra/docs/policy.md.', 'a path').optional(),
  allowedNetworkDrivers: pairs('Network drivers users may choose, by COE (kubernetes=calico,kubernetes=flannel); of other COEs all there are.').optional(),
  allowedVolumeDrivers: pairs('The same for volume drivers.').optional(),
  maxLimit: integer('Items on one page of a list, at most.', { min: 1, max: 10_000 }).default(1_000),
  readAfterWriteTimeoutMs: integer('How long a change may take to become readable before the client is told to come back.', { min: 1 }).default(2_000),
  commandTimeoutMs: integer('How long a service may take to answer a command.', { min: 1 }).default(10_000),
  ...quotaFields,
};

export const schedulerFields = {
  ...quotaFields,
  operationTimeoutMinutes: integer('Time for an operation whose bay names none.', { min: 1 }).default(60),
  leaseTtlMs: integer('An executor not heard of for so long has lost its steps.', { min: 100 }).default(10_000),
  stepsPerDriver: integer('Steps of one driver that may be at work at once, those that wait for a cloud not counted.', { min: 1 }).default(8),
  projectWeights: list('Turns that a project has while others have one, by project id; one where nothing is said.', 'PROJECT=TURNS, separated by commas', /^[^=]+=[1-9]\d{0,2}$/).default([]),
};

export const executorFields = {
  concurrency: integer('Steps an executor works on at once.', { min: 1, max: 1_000 }).default(4),
};

export const certificateFields = {
  bootstrapTokenMinutes: integer('How long the nodes of a stack have to begin to ask for their certificates; it ends earlier when the stack is complete.', { min: 1, max: 1_440 }).default(120),
  bootstrapNodeMinutes: integer('How long one node has from its first certificate to its last.', { min: 1, max: 1_440 }).default(10),
};

export const telemetryFields = {
  telemetryCallsPerSecond: integer('Looks at bays in one second, however many bays there are.', { min: 1, max: 1_000 }).default(20),
  telemetryCallTimeoutMs: integer('How long a driver may take for one look; a bay that takes longer is not accessible.', { min: 100 }).default(10_000),
  telemetryFastIntervalSeconds: integer('From one look at a bay to the next after something has changed; then it doubles.', { min: 1 }).default(10),
  telemetrySlowIntervalSeconds: integer('From one look at a healthy bay to the next at most; longer where the calls do not suffice.', { min: 1 }).default(300),
};

/** Which of the addresses in Keystone's catalog services are reached at. */
export const catalogFields = {
  cloudInterface: oneOf('Addresses of the catalog that look-ups in Glance, Nova and Neutron go to.', ['public', 'internal', 'admin']).default('public'),
  cloudRegion: text('Region of the catalog that they go to; without it whichever comes first.').optional(),
};

/** Where tokens are checked. */
export const keystoneFields = {
  keystoneUrl: url('Keystone as services reach it, e.g. http://controller:5000/v3.'),
  keystoneUser: text('User that may ask about other tokens (role service or admin).').default('jeroboam'),
  keystonePassword: secret('Password of that user.'),
  keystoneProject: text('Project of that user.').default('service'),
  keystoneDomain: text('Domain of that user and project.').default('Default'),
};

/** How bays act in the cloud: without an administrator as the service user, otherwise each with credentials of its own. */
export const credentialFields = {
  cloudAdminUser: text('Administrator of the whole cloud (scope system), who makes and revokes the credentials of bays, and cleans up where a project is gone.').optional(),
  cloudAdminPassword: secret('Password of that administrator.').optional(),
  cloudAdminProject: text('A project in which that user is an administrator too.').default('admin'),
  cloudAdminDomain: text('Domain of that user and project.').default('Default'),
  bayDomain: text('Domain set aside for the users of bays.').default('bays'),
  credentialMode: oneOf('Whose the credentials of new bays are: a user of its own, or the requester, by application credentials or by a trust.', ['service_user', 'app_cred', 'trust']).default('service_user'),
  bayRoles: list('Roles that a bay gets, of those that its requester holds.').default(['member', 'load-balancer_member', 'heat_stack_owner', 'creator']),
  credentialLifetimeDays: integer('Life of a bay’s credential; it is rotated at two thirds.', { min: 1 }).default(90),
  credentialOverlapMinutes: integer('How long an old credential goes on beside the new one while nodes have not taken that; a rotation ends earlier when all have.', { min: 0, max: 1_440 }).default(30),
  credentialsWithoutAccessRules: flag('Gives nodes credentials also where a service does not enforce access rules.').default(false),
};

/** The cloud in which drivers make bays; without an address there is none. */
export const cloudFields = {
  ...keystoneFields,
  keystoneUrl: keystoneFields.keystoneUrl.optional(),
  keystonePassword: keystoneFields.keystonePassword.optional(),
  nodeApiUrl: url('The API with /v1, as nodes of bays reach it: they fetch their certificates there.').default(`http://${HERE}:9511/v1`),
  ...catalogFields, ...credentialFields,
  cloudSimulated: flag('Nothing runs on the servers of that cloud: it is the sandbox, or one with stand-ins.').default(false),
};
