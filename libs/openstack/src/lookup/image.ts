import { recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudImage } from './cloud-lookups.port.ts';
import { looksLikeId, onlyNamed } from './exact.ts';
import type { ServiceClient, Sought } from './service-client.ts';

export async function findImage(client: ServiceClient, ident: string): Promise<CloudImage | undefined> {
  const sought: Sought = { kind: 'image', ident };
  if (looksLikeId(ident)) {
    const body = await client.get('image', `/images/${ident}`, sought);
    if (body) return imageOf(body);
  }
  const body = await client.get('image', `/images?name=${encodeURIComponent(ident)}&limit=100`, sought);
  return onlyNamed(recordsOf(body?.['images']).map(imageOf), sought);
}

function imageOf(image: JsonRecord): CloudImage {
  const magnumDriver = textOf(image['magnum_driver']);
  return {
    id: textOf(image['id']) ?? '',
    name: textOf(image['name']) ?? '',
    osDistro: textOf(image['os_distro']) ?? null,
    ...(magnumDriver === undefined ? {} : { magnumDriver }),
  };
}
