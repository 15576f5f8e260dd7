import { Controller, Get, HttpCode, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import type { Image } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { page, passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';
import { Caller, isAdmin, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import { imageDocument, IMAGE_SCHEMA } from './image-document.ts';

/** Glance v2, as far as it is read. */
@Controller('image')
export class ImageController {
  constructor(
    private readonly cloud: Cloud,
    private readonly address: SandboxAddress,
  ) {}

  @Get()
  @HttpCode(300)
  versions(): unknown {
    return { versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `${this.address.url}/image/v2/` }] }] };
  }

  @Get('versions')
  versionsWithoutChoice(): unknown {
    return this.versions();
  }

  @Get('v2/images')
  @UseGuards(TokenGuard)
  list(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    const images = this.visible(caller).filter((image) => passes(query, {
      id: image.id, name: image.name, os_distro: image.osDistro, magnum_driver: image.magnumDriver,
      owner: this.ownerOf(image), status: 'active', visibility: visibilityOf(image),
    }));
    const { items, more } = page(images, query);
    const next = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
    if (more) next.set('marker', items.at(-1)!.id);
    return {
      images: items.map((image) => this.document(image)), first: '/v2/images', schema: '/v2/schemas/images',
      ...(more && { next: `/v2/images?${next.toString()}` }),
    };
  }

  @Get('v2/images/:id')
  @UseGuards(TokenGuard)
  show(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    const image = this.visible(caller).find((each) => each.id === id);
    if (!image) throw new ApiError(404, `No image found with ID ${id}`);
    return this.document(image);
  }

  @Get('v2/schemas/image')
  @UseGuards(TokenGuard)
  schema(): unknown {
    return IMAGE_SCHEMA;
  }

  /** Public ones, and those of the caller's project; administrators see all. */
  private visible(caller: CallerIdentity): readonly Image[] {
    return this.cloud.images.filter(({ ownerId }) => ownerId === undefined || ownerId === caller.projectId || isAdmin(caller));
  }

  private document(image: Image): unknown {
    return imageDocument(image, this.ownerOf(image), visibilityOf(image));
  }

  private ownerOf(image: Image): string {
    return image.ownerId ?? this.cloud.projects[0]!.id;
  }
}

function visibilityOf(image: Image): string {
  return image.ownerId === undefined ? 'public' : 'private';
}
