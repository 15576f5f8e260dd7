import { Injectable } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import { stableId } from '../cloud/stable-id.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';

export interface Service {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

export interface Endpoint {
  readonly id: string;
  readonly service: Service;
  readonly interface: string;
  readonly region: string;
}

/** Where the API under trial is, `/v1` included; Jeroboam's own, usually in the same process. */
export class ContainerInfraUrl {
  constructor(readonly url: string) {}
}

const INTERFACES = ['public', 'internal', 'admin'];

/** Which services there are and where: the sandbox's own, and the one that is being tried. */
@Injectable()
export class Catalog {
  constructor(
    private readonly cloud: Cloud,
    private readonly address: SandboxAddress,
    private readonly containerInfra: ContainerInfraUrl,
  ) {}

  services(): readonly Service[] {
    const { url } = this.address;
    return [
      service('identity', 'keystone', `${url}/v3`),
      service('container-infra', 'magnum', this.containerInfra.url),
      service('image', 'glance', `${url}/image`),
      service('compute', 'nova', `${url}/compute/v2.1`),
      service('network', 'neutron', `${url}/network`),
      service('volumev3', 'cinderv3', `${url}/volume/v3/%(project_id)s`),
      service('load-balancer', 'octavia', `${url}/load-balancer`),
      service('orchestration', 'heat', `${url}/orchestration/v1/%(project_id)s`),
    ];
  }

  endpoints(): readonly Endpoint[] {
    const { region } = this.cloud;
    return this.services().flatMap((each) => INTERFACES.map((face) => ({
      id: stableId('endpoint', each.type, face), service: each, interface: face, region,
    })));
  }

  /** As a token of that project carries it: its id is filled in where an address has it; without a project there is no such address. */
  document(projectId: string | null): unknown {
    const endpoints = this.endpoints().filter(({ service: { url } }) => projectId !== null || !url.includes('%('));
    return this.services().map(({ id, type, name }) => ({
      id, type, name,
      endpoints: endpoints.filter((endpoint) => endpoint.service.id === id).map((endpoint) => ({
        id: endpoint.id, interface: endpoint.interface, region: endpoint.region, region_id: endpoint.region,
        url: endpoint.service.url.replace('%(project_id)s', projectId ?? ''),
      })),
    }));
  }
}

function service(type: string, name: string, url: string): Service {
  return { id: stableId('service', type), type, name, url };
}
