/**
 * Rules that others lean on. An operator's file may replace these too, which moves every rule that leans on them.
 */
export const SHARED_RULES = {
  context_is_admin: 'role:admin',
  project_member: 'role:member and project_id:%(project_id)s',
  project_reader: 'role:reader and project_id:%(project_id)s',
  admin_or_project_member: 'rule:context_is_admin or rule:project_member',
  admin_or_project_reader: 'rule:context_is_admin or rule:project_reader',
} as const;

const ADMIN = 'rule:context_is_admin';
const MEMBER = 'rule:admin_or_project_member';
const READER = 'rule:admin_or_project_reader';
const ANY_ROLE = 'rule:context_is_admin or role:reader or role:member';

/**
 * Magnum's strict defaults, under Magnum's names: contract section 6.3. Those of what Magnum does not have are ours.
 * `infra/docs/policy.md` lists them; a test compares.
 */
export const DEFAULT_RULES = {
  'cluster:create': MEMBER,
  'cluster:get_all': READER,
  'cluster:detail': READER,
  'cluster:get': READER,
  'cluster:update': MEMBER,
  'cluster:update_health_status': 'rule:context_is_admin or (rule:project_member and user_id:%(user_id)s)',
  'cluster:resize': MEMBER,
  'cluster:upgrade': MEMBER,
  'cluster:delete': MEMBER,
  'nodegroup:get_all': READER,
  'nodegroup:get': READER,
  'nodegroup:create': MEMBER,
  'nodegroup:update': MEMBER,
  'nodegroup:delete': MEMBER,
  'clustertemplate:create': MEMBER,
  'clustertemplate:get_all': READER,
  'clustertemplate:detail': READER,
  'clustertemplate:get': READER,
  'clustertemplate:update': MEMBER,
  'clustertemplate:delete': MEMBER,
  'clustertemplate:publish': ADMIN,
  // The old names of clusters and cluster templates.
  'bay:create': MEMBER,
  'bay:get_all': READER,
  'bay:detail': READER,
  'bay:get': READER,
  'bay:update': MEMBER,
  'bay:delete': MEMBER,
  'baymodel:create': MEMBER,
  'baymodel:get_all': READER,
  'baymodel:detail': READER,
  'baymodel:get': READER,
  'baymodel:update': MEMBER,
  'baymodel:delete': MEMBER,
  // Per user, not per project: a certificate makes its owner an administrator of the bay.
  'certificate:get': 'rule:context_is_admin or (rule:project_reader and user_id:%(user_id)s)',
  'certificate:create': 'rule:context_is_admin or (rule:project_member and user_id:%(user_id)s)',
  'certificate:rotate_ca': MEMBER,
  // Without a way past for administrators: it makes credentials in the project's name.
  'credential:rotate': 'rule:project_member',
  'operation:get': READER,
  'quota:get': READER,
  'quota:get_all': ADMIN,
  'quota:create': ADMIN,
  'quota:update': ADMIN,
  'quota:delete': ADMIN,
  'stats:get_all': READER,
  'usage:get': READER,
  'magnum-service:get_all': ADMIN,
  // Whoever has any role that Magnum knows.
  'event:get': ANY_ROLE,
  'driver:get': ANY_ROLE,
  'driver:update': ADMIN,
  'extension:get': ANY_ROLE,
  // What commands of extensions lean on: `ext:{alias}:{command}` of each.
  'extension:read': READER,
  'extension:run': MEMBER,
  'deprecation:get': READER,
  // Who uses it, over all projects.
  'deprecation:get_all': ADMIN,
  // Without a way past for administrators.
  'federation:create': 'rule:project_member',
  'federation:get_all': 'rule:project_reader',
  'federation:detail': 'rule:project_reader',
} as const satisfies Readonly<Record<string, string>>;

export type PolicyRule = keyof typeof DEFAULT_RULES;
