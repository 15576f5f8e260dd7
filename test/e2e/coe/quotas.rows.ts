import { cells, denial, denied, mentions, properties, refused } from './row.ts';
import type { Row } from './row.ts';

const CREATE = 'coe quotas create';
const LIST = 'coe quotas list';
const SHOW = 'coe quotas show';
const UPDATE = 'coe quotas update';
const DELETE = 'coe quotas delete';
const CREATION = 'Create quota for project_id {project} resource Cluster failed: ';
const CHANGE = 'Update quota for project_id {project} resource Cluster failed: ';
const REMOVAL = 'Quota delete failed for project id {project} and resource Cluster :';
const OF_DEMO = '--project-id {project} --resource Cluster';

/** The project demo gets room for one bay. */
export const QUOTA_ROWS: readonly Row[] = [
  {
    command: SHOW, args: OF_DEMO, does: 'shows the limit that holds where none was set',
    check(stdout, known) {
      expect(properties(stdout)).toEqual({ hard_limit: '20', project_id: known.get('project'), resource: 'Cluster' });
    },
  },
  {
    command: CREATE, args: `${OF_DEMO} --hard-limit 2`, does: 'sets a limit for an administrator', as: 'admin',
    check(stdout, known) {
      const quota = { hard_limit: '2', project_id: known.get('project'), resource: 'Cluster', updated_at: '-' };
      expect(properties(stdout)).toMatchObject(quota);
    },
  },
  {
    command: CREATE, args: `${OF_DEMO} --hard-limit 3`, does: 'sets none where there is one', as: 'admin',
    says: mentions(CREATION, 409, 'Quota for project {project} already exists for resource Cluster'),
  },
  {
    command: CREATE, args: `${OF_DEMO} --hard-limit 3`, does: 'sets none for a member',
    says: mentions(CREATION, 403, denial('quota:create')),
  },
  {
    command: CREATE, args: '--project-id {project} --resource Node', does: 'sets none for anything but clusters', as: 'admin',
    says: mentions('Create quota for project_id {project} resource Node failed: ', 400, 'Invalid input for field/attribute resource'),
  },
  {
    command: UPDATE, args: `${OF_DEMO} --hard-limit 1`, does: 'changes the limit', as: 'admin',
    check: (stdout) => expect(properties(stdout)).toMatchObject({ hard_limit: '1', updated_at: expect.stringContaining('T') as string }),
  },
  {
    command: UPDATE, args: `${OF_DEMO} --hard-limit 9`, does: 'changes none for a member',
    says: mentions(CHANGE, 403, denial('quota:update')),
  },
  {
    command: SHOW, args: OF_DEMO, does: 'shows a project its own limit', as: 'reader',
    check: (stdout) => expect(properties(stdout)).toMatchObject({ hard_limit: '1' }),
  },
  { command: SHOW, args: OF_DEMO, does: 'shows another project nothing', as: 'other', exit: 1, complains: refused(403, 'Not authorized') },
  {
    command: LIST, args: '--all-tenants', does: 'lists the limits of all projects to an administrator', as: 'admin',
    check(stdout, known) {
      expect(cells(stdout)).toEqual([['project_id', 'resource', 'hard_limit'], [known.get('project'), 'Cluster', '1']]);
    },
  },
  {
    command: LIST, args: '', does: 'lists none to a member', exit: 1,
    complains: denied('quota:get_all'),
  },
];

export const QUOTA_ENDING_ROWS: readonly Row[] = [
  {
    command: DELETE, args: OF_DEMO, does: 'removes no limit for a member',
    says: mentions(REMOVAL, 403, denial('quota:delete')),
  },
  {
    command: DELETE, args: OF_DEMO, does: 'removes the limit', as: 'admin',
    says: 'Request to delete quota for project id {project} and resource Cluster has been accepted.\n',
  },
  {
    command: DELETE, args: OF_DEMO, does: 'removes none that there is not', as: 'admin',
    says: mentions(REMOVAL, 404, 'Quota could not be found: project_id {project} resource Cluster'),
  },
  {
    command: SHOW, args: OF_DEMO, does: 'shows the default again',
    check: (stdout) => expect(properties(stdout)).toMatchObject({ hard_limit: '20' }),
  },
];
