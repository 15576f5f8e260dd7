import { parseCloudFile, readCloudFile } from './cloud-file.ts';
import type { CloudFile } from './cloud-file.ts';
import { Cloud } from './cloud.ts';
import { stableId } from './stable-id.ts';

const smallest = { projects: [{ name: 'demo' }], users: [{ name: 'demo', password: 'secret' }] };
const parse = (change: object): CloudFile => parseCloudFile({ ...smallest, ...change }, 'cloud.json');

describe('cloud file', () => {
  it('of the package is usable', () => {
    const names = new Cloud(readCloudFile()).images.map(({ name }) => name);
    expect(names).toEqual(['debian', 'fedora-coreos', 'fedora-atomic', 'ubuntu', 'centos', 'cirros']);
  });

  it('needs only projects and users', () => {
    expect(parse({})).toMatchObject({ region: 'RegionOne', images: [], flavors: [], networks: [], keypairs: [] });
  });

  it('is refused with everything that is wrong in it', () => {
    const broken = () => parse({ projects: [], users: [{ name: '', password: 5, roles: { demo: 'member' } }], colour: 'red' });
    expect(broken).toThrow(/cloud\.json.*\n(?=[^]*- projects)(?=[^]*- users\.0\.name)(?=[^]*- users\.0\.password)(?=[^]*colour)/);
  });

  it.each([
    ['project demo is there twice', { projects: [{ name: 'demo' }, { name: 'demo' }] }],
    ['user demo is there twice', { users: [...smallest.users, ...smallest.users] }],
    ['flavor m1 is there twice', { flavors: Array(2).fill({ name: 'm1', vcpus: 1, ramMb: 1, diskGb: 1 }) }],
    ['image without an id twin is there twice', { images: [{ name: 'twin' }, { name: 'twin' }] }],
    ['network without an id twin is there twice', { networks: [{ name: 'twin' }, { name: 'twin' }] }],
    ['user demo refers to project nowhere, which is not there', { users: [{ ...smallest.users[0], roles: { nowhere: ['member'] } }] }],
    ['image debian refers to project nowhere, which is not there', { images: [{ name: 'debian', project: 'nowhere' }] }],
    ['network own refers to project nowhere, which is not there', { networks: [{ name: 'own', project: 'nowhere' }] }],
  ])('is refused because %s', (problem, change) => {
    expect(() => parse(change)).toThrow(`- ${problem}`);
  });

  it('may hold two images of one name when one has an id of its own', () => {
    const images = [{ name: 'twin' }, { name: 'twin', id: '6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d7' }];
    expect(new Set(new Cloud(parse({ images })).images.map(({ id }) => id)).size).toBe(2);
  });

  it('may grant roles that Keystone does not know, which imply nothing', () => {
    const cloud = new Cloud(parse({ users: [{ name: 'demo', password: 'secret', roles: { demo: ['heat_stack_owner'] } }] }));
    const roles = cloud.rolesOf(stableId('user', 'demo'), stableId('project', 'demo'));
    expect(roles.map(({ name }) => name)).toEqual(['heat_stack_owner']);
  });
});
