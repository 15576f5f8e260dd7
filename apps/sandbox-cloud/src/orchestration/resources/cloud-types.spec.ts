import { CloudBench, DEMO } from '../testing/cloud-bench.ts';
import { statusOf } from '../testing/engine-bench.ts';

const COMPLETE = 'CREATE_COMPLETE: Stack CREATE completed successfully';

/** Shaped like the stack of a bay: a network of its own, a load balancer in front, nodes from a template. */
const BAY = `
parameters:
  size: {type: number, default: 2}
resources:
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.5.0.0/24}}
  router: {type: OS::Neutron::Router, properties: {external_gateway_info: {network: public}}}
  interface: {type: OS::Neutron::RouterInterface, properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}}
  group: {type: OS::Neutron::SecurityGroup, properties: {rules: [{protocol: tcp, port_range_min: 22, port_range_max: 22}]}}
  rule: {type: OS::Neutron::SecurityGroupRule, properties: {security_group: {get_resource: group}, protocol: icmp}}
  affinity: {type: OS::Nova::ServerGroup, properties: {policies: [soft-anti-affinity]}}
  lb: {type: OS::Octavia::LoadBalancer, properties: {vip_subnet: {get_resource: subnet}}}
  listener: {type: OS::Octavia::Listener, properties: {loadbalancer: {get_resource: lb}, protocol: TCP, protocol_port: 6443}}
  pool: {type: OS::Octavia::Pool, properties: {listener: {get_resource: listener}, protocol: TCP, lb_algorithm: ROUND_ROBIN}}
  monitor: {type: OS::Octavia::HealthMonitor, properties: {pool: {get_resource: pool}, type: TCP, delay: 5, timeout: 5, max_retries: 3}}
  address: {type: OS::Neutron::FloatingIP, properties: {floating_network: public, port_id: {get_attr: [lb, vip_port_id]}}}
  nodes:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: size}
      resource_def:
        type: node.yaml
        properties:
          net: {get_resource: net}
          group: {get_resource: group}
          affinity: {get_resource: affinity}
          pool: {get_resource: pool}
outputs:
  api: {value: {get_attr: [address, floating_ip_address]}}
  nodes: {value: {get_attr: [nodes, address]}}
`;
const NODE = `
heat_template_version: 2018-08-31
parameters: {net: {type: string}, group: {type: string}, affinity: {type: string}, pool: {type: string}}
resources:
  handle: {type: OS::Heat::WaitConditionHandle}
  done: {type: OS::Heat::WaitCondition, depends_on: node, properties: {handle: {get_resource: handle}, timeout: 600}}
  port: {type: OS::Neutron::Port, properties: {network: {get_param: net}, security_groups: [{get_param: group}]}}
  init:
    type: OS::Heat::SoftwareConfig
    properties:
      group: ungrouped
      config: {str_replace: {template: "#!/bin/sh\\nNOTIFY --data-binary '{}'\\n", params: {NOTIFY: {get_attr: [handle, curl_cli]}}}}
  data: {type: OS::Heat::MultipartMime, properties: {parts: [{config: {get_resource: init}}]}}
  node:
    type: OS::Nova::Server
    properties:
      image: fedora-coreos
      flavor: m1.small
      key_name: default
      user_data_format: RAW
      user_data: {get_resource: data}
      scheduler_hints: {group: {get_param: affinity}}
      networks: [{port: {get_resource: port}}]
  volume: {type: OS::Cinder::Volume, properties: {size: 5}}
  attachment: {type: OS::Cinder::VolumeAttachment, properties: {instance_uuid: {get_resource: node}, volume_id: {get_resource: volume}}}
  member: {type: OS::Octavia::PoolMember, properties: {pool: {get_param: pool}, address: {get_attr: [node, first_address]}, protocol_port: 6443}}
outputs:
  address: {value: {get_attr: [port, fixed_ips, 0, ip_address]}}
`;
const files = { 'node.yaml': NODE };
const SERVER = (properties: string) =>
  `resources: {node: {type: OS::Nova::Server, properties: {image: debian, flavor: m1.small, ${properties}}}}`;

describe('a stack of a cloud', () => {
  it('exists with everything in it, and is gone with everything in it', async () => {
    const bench = new CloudBench();
    const stack = await bench.create(BAY, { files });
    expect(statusOf(stack)).toBe(COMPLETE);
    expect(bench.things()).toEqual({
      server: 2, server_group: 1, network: 1, subnet: 1, router: 1, router_interface: 1, port: 3, floating_ip: 1, security_group: 1,
      security_group_rule: 1, volume: 2, volume_attachment: 2, load_balancer: 1, listener: 1, pool: 1, member: 2, health_monitor: 1,
      config: 4,
    });
    expect(bench.outputs(stack)).toEqual({ api: '172.24.0.2', nodes: ['10.5.0.3', '10.5.0.4'] });
    await bench.update(stack, BAY, { size: 1 });
    expect(bench.things()).toMatchObject({ server: 1, port: 2, volume: 1, member: 1, config: 2 });
    await bench.delete(stack);
    expect([statusOf(stack), bench.things()]).toEqual(['DELETE_COMPLETE: Stack DELETE completed successfully', {}]);
  });

  it('waits for its servers, and fails with the one whose user data fails', async () => {
    const bench = new CloudBench();
    bench.sim.faults.add({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'fail', error: 'boot', message: 'no etcd' }, 1);
    const stack = await bench.create(BAY, { files, parameters: { size: 1 } });
    expect(statusOf(stack)).toBe('CREATE_FAILED: Resource CREATE failed: WaitConditionFailure: resources.nodes.resources[0].resources.done: no etcd');
  });

  it('ends when a server never says that it is done', async () => {
    const bench = new CloudBench();
    bench.sim.faults.add({ type: 'OS::Nova::Server', action: 'boot' }, { kind: 'hang' });
    const stack = await bench.create(BAY, { files, parameters: { size: 1 } });
    await bench.pass(600_000);
    expect(statusOf(stack)).toBe('CREATE_FAILED: Resource CREATE failed: WaitConditionTimeout: resources.nodes.resources[0].resources.done: 0 of 1 received');
  });

  it('takes the time that its services take', async () => {
    const bench = new CloudBench({ latency: { 'OS::Nova::Server.create': 5_000, 'OS::Nova::Server.boot': 2_000 } });
    const stack = await bench.create(BAY, { files });
    await bench.pass(6_999);
    expect(stack.status).toBe('IN_PROGRESS');
    await bench.pass(1);
    expect(statusOf(stack)).toBe(COMPLETE);
  });

  it('can hang on a fault, and goes on when that is taken away', async () => {
    const bench = new CloudBench();
    const { id } = bench.sim.faults.add({ type: 'OS::Octavia::*' }, { kind: 'hang' });
    const stack = await bench.create(BAY, { files });
    expect([stack.status, bench.things().load_balancer]).toEqual(['IN_PROGRESS', undefined]);
    bench.sim.faults.remove(id);
    await bench.pass(0);
    expect(statusOf(stack)).toBe(COMPLETE);
  });
});

describe('what a project has no room for', () => {
  it.each([
    ['port', 0, 'OverQuotaClient: resources.nodes.resources[0].resources.port: Quota exceeded for resources: [\'port\'].'],
    [
      'cores', 0,
      'Forbidden: resources.nodes.resources[0].resources.node: Quota exceeded for cores: Requested 1, but already used 0 of 0 cores (HTTP 403)',
    ],
    ['gigabytes', 4, 'OverLimit: resources.nodes.resources[0].resources.volume: VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed '
      + 'gigabytes quota. Requested 5G, quota is 4G and 0G has been consumed. (HTTP 413)'],
    ['load_balancer', 0, 'OctaviaClientException: resources.lb: Quota has been met for resources: Load Balancer (HTTP 403)'],
  ] as const)('is refused by the service that counts it: %s', async (name, limit, reason) => {
    const bench = new CloudBench();
    bench.sim.limits.set(DEMO, { [name]: limit });
    const stack = await bench.create(BAY, { files, parameters: { size: 1 } });
    expect(statusOf(stack)).toBe(`CREATE_FAILED: Resource CREATE failed: ${reason}`);
    bench.sim.limits.set(DEMO, { [name]: -1 });
    await bench.update(stack, BAY, { size: 1 });
    expect(stack.status).toBe('COMPLETE');
    await bench.delete(stack);
    expect(bench.things()).toEqual({});
  });
});

describe('what is still in use', () => {
  it('is not deleted, and is deleted once it is free', async () => {
    const bench = new CloudBench();
    const stack = await bench.create('resources: {group: {type: OS::Neutron::SecurityGroup}}');
    const { id } = bench.one('security_group');
    const foreign = bench.sim.inventory.add({
      id: 'foreign', kind: 'port', projectId: DEMO, name: '', status: 'ACTIVE', document: { security_groups: [id] }, uses: [id],
      createdAtMs: 0, readyAtMs: 0,
    });
    await bench.delete(stack);
    expect(statusOf(stack)).toBe(`DELETE_FAILED: Resource DELETE failed: Conflict: resources.group: Security Group ${id} in use.`);
    bench.sim.inventory.remove(foreign);
    await bench.delete(stack);
    expect([stack.status, bench.things()]).toEqual(['COMPLETE', {}]);
  });
});

describe('a server', () => {
  it('is changed in place, unless its policy or its image says otherwise', async () => {
    const bench = new CloudBench();
    const stack = await bench.create(SERVER('metadata: {a: 1}'));
    const { id } = bench.one('server');
    await bench.update(stack, SERVER('metadata: {a: 2}').replace('m1.small', 'm1.large'));
    expect(bench.one('server')).toMatchObject({ id, document: { flavor: 'm1.large', metadata: { a: 2 } } });
    await bench.update(stack, SERVER('key_name: default'));
    expect([stack.status, bench.one('server').id === id, bench.things()]).toEqual(['COMPLETE', false, { server: 1, port: 1 }]);
  });

  it('is put on the network that its project has, and tells its addresses', async () => {
    const bench = new CloudBench();
    const stack = await bench.create(`${SERVER('security_groups: [default]')}
outputs: {first: {value: {get_attr: [node, first_address]}}, networks: {value: {get_attr: [node, networks]}}}`);
    expect(bench.outputs(stack)).toEqual({ first: '10.0.0.2', networks: { private: ['10.0.0.2'] } });
  });

  it.each([
    [
      'flavor: nope',
      "Property error: : resources.node.properties.flavor: : Error validating value 'nope': No Flavor matching {'name': 'nope'}. (HTTP 404)",
    ],
    [
      'key_name: nope',
      "Property error: : resources.node.properties.key_name: : Error validating value 'nope': The Key (nope) could not be found.",
    ],
    ['networks: [{network: nope}]', "Property error: : resources.node.properties.networks[0].network: : Error validating value 'nope': Unable to find network with "
      + "name or id 'nope'"],
    ['colour: red', 'Property error: : resources.node.properties: : Unknown Property colour'],
  ])('with %s is refused before anything is made', async (properties, message) => {
    const template = `resources: {node: {type: OS::Nova::Server, properties: {image: debian, ${properties.includes('flavor') ? '' : 'flavor: m1.small, '}${properties}}}}`;
    await expect(new CloudBench().create(template)).rejects.toThrow(message);
  });
});

describe('a bare-metal server', () => {
  const machines = [
    { name: 'one', ports: ['physnet1'] }, { name: 'two', ports: ['physnet1', 'physnet1'] },
    { name: 'four', ports: ['physnet1', null, null, null] },
  ];
  const metal = (networks: number) => `resources: {node: {type: OS::Nova::Server, properties: {image: debian, flavor: bm.standard, networks: [${
    Array(networks).fill('{network: metal}').join(', ')}]}}}`;

  it('takes the machine with the fewest ports that has those it needs, and never one with less', async () => {
    const bench = new CloudBench({ machines });
    for (const name of ['a', 'b']) expect((await bench.create(metal(2), { name })).status).toBe('COMPLETE');
    expect(bench.sim.machines.list().map(({ name, state }) => [name, state])).toEqual([
      ['one', 'available'], ['two', 'active'], ['four', 'active'],
    ]);
    const third = await bench.create(metal(2), { name: 'c' });
    expect(third.reason).toBe('Resource CREATE failed: ResourceInError: resources.node: Went to status ERROR due to "Message: No valid host was found. 2 ports are '
      + 'needed (physnet1, physnet1); of 3 machines of class baremetal 1 are available, and none of these has such ports., Code: 500"');
    expect((await bench.create(metal(1), { name: 'd' })).status).toBe('COMPLETE');
  });

  it('gives its machine back, which is cleaned before another has it', async () => {
    const bench = new CloudBench({ machines: machines.slice(0, 1), latency: { 'baremetal.cleaning': 60_000 } });
    await bench.delete(await bench.create(metal(1)));
    expect(bench.sim.machines.list()[0]!.state).toBe('cleaning');
    await bench.pass(60_000);
    expect((await bench.create(metal(1), { name: 'next' })).status).toBe('COMPLETE');
  });

  it('has no security groups where its network has no port security', async () => {
    const bench = new CloudBench({ machines });
    const port = 'resources: {group: {type: OS::Neutron::SecurityGroup}, port: {type: OS::Neutron::Port, properties: {network: metal, security_groups: [{get_resource: group}]}}}';
    expect((await bench.create(port)).reason).toMatch(/^Resource CREATE failed: BadRequest: resources\.port: Port security must be enabled/);
  });

  it('has no volumes', async () => {
    const bench = new CloudBench({ machines });
    const stack = await bench.create(`${metal(1).slice(0, -1)}, volume: {type: OS::Cinder::Volume, properties: {size: 1}},
      attachment: {type: OS::Cinder::VolumeAttachment, properties: {instance_uuid: {get_resource: node}, volume_id: {get_resource: volume}}}}`);
    expect(stack.reason).toMatch(/BadRequest: resources\.attachment: .*not supported by the bare metal driver/);
  });
});

describe('a floating IP', () => {
  const floating = (network: string) => `resources:
  port: {type: OS::Neutron::Port, properties: {network: ${network}}}
  address: {type: OS::Neutron::FloatingIP, properties: {floating_network: public}}
  association: {type: OS::Neutron::FloatingIPAssociation, properties: {floatingip_id: {get_resource: address}, port_id: {get_resource: port}}}`;

  it('leads to a port that a router leads to', async () => {
    const bench = new CloudBench();
    const stack = await bench.create(floating('private'));
    expect([statusOf(stack), bench.one('floating_ip').document]).toMatchObject([COMPLETE, { fixed_ip_address: '10.0.0.2' }]);
    await bench.delete(stack);
    expect(bench.things()).toEqual({});
  });

  it('is refused where no router leads', async () => {
    const bench = new CloudBench();
    const stack = await bench.create(`${floating('{get_resource: net}')}
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.9.0.0/30}}`);
    expect(stack.reason).toMatch(/NotFound: resources\.association: External network .* is not reachable from subnet/);
  });
});
