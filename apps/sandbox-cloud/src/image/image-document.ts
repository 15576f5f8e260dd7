import type { Image } from '../cloud/cloud.ts';

/** When everything in the sandbox was made: a fixed moment, so that answers can be compared. */
const MADE_AT = '2026-01-01T00:00:00Z';

/** As Glance writes an image. There is no data behind it: sizes and checksum are empty ones. */
export function imageDocument(image: Image, owner: string, visibility: string): Readonly<Record<string, unknown>> {
  const { id, name, osDistro, magnumDriver } = image;
  return {
    id, name, owner, visibility,
    status: 'active', protected: false, os_hidden: false, tags: [],
    disk_format: 'qcow2', container_format: 'bare', size: 0, virtual_size: null, min_disk: 0, min_ram: 0,
    checksum: 'd41d8cd98f00b204e9800998ecf8427e', os_hash_algo: null, os_hash_value: null,
    created_at: MADE_AT, updated_at: MADE_AT,
    self: `/v2/images/${id}`, file: `/v2/images/${id}/file`, schema: '/v2/schemas/image',
    ...(osDistro !== undefined && { os_distro: osDistro }),
    ...(magnumDriver !== undefined && { magnum_driver: magnumDriver }),
  };
}

const string = { type: 'string' };
const nullable = { type: ['null', 'string'] };
const integer = { type: ['null', 'integer'] };

/** What python-glanceclient asks for before it lists images. */
export const IMAGE_SCHEMA = {
  name: 'image',
  properties: {
    id: string, name: nullable, owner: nullable, visibility: string, status: string,
    protected: { type: 'boolean' }, os_hidden: { type: 'boolean' }, tags: { type: 'array', items: string },
    disk_format: nullable, container_format: nullable,
    size: integer, virtual_size: integer, min_disk: integer, min_ram: integer,
    checksum: nullable, os_hash_algo: nullable, os_hash_value: nullable,
    created_at: string, updated_at: string, self: string, file: string, schema: string,
  },
  additionalProperties: string,
  links: [{ rel: 'self', href: '{self}' }, { rel: 'describedby', href: '{schema}' }],
};
