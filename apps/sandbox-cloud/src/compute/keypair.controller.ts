import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { Caller, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import { KeypairStore } from './keypair-store.ts';
import type { Keypair } from './keypair-store.ts';

const newKeypair = z.object({
  // Nova's own rule before microversion 2.92 allows these; a slash would not fit into an address.
  keypair: z.object({ name: z.string().regex(/^[\w .@-]{1,255}$/), public_key: z.string().min(1).max(16_384).nullish() }),
});

/** Nova's key pairs. They can be made too, as Rally and Tempest do before they make a bay. */
@Controller('compute/v2.1/os-keypairs')
@UseGuards(TokenGuard)
export class KeypairController {
  constructor(private readonly keypairs: KeypairStore) {}

  @Get()
  list(@Caller() caller: CallerIdentity): unknown {
    return { keypairs: this.keypairs.list(caller.userId).map((keypair) => ({ keypair: document(keypair) })) };
  }

  @Get(':name')
  show(@Caller() caller: CallerIdentity, @Param('name') name: string): unknown {
    return { keypair: { ...document(this.keypairs.get(caller.userId, name)), user_id: caller.userId } };
  }

  @Post()
  @HttpCode(200)
  async create(@Caller() caller: CallerIdentity, @Body() body: unknown): Promise<unknown> {
    const parsed = newKeypair.safeParse(body);
    if (!parsed.success) throw new ApiError(400, `Invalid input for field/attribute ${parsed.error.issues[0]!.path.join('.')}.`);
    const { name, public_key: publicKey } = parsed.data.keypair;
    const { keypair, privateKey } = await this.keypairs.create(caller.userId, name, publicKey ?? undefined);
    return { keypair: { ...document(keypair), user_id: caller.userId, ...(privateKey !== undefined && { private_key: privateKey }) } };
  }

  @Delete(':name')
  @HttpCode(202)
  delete(@Caller() caller: CallerIdentity, @Param('name') name: string): void {
    this.keypairs.delete(caller.userId, name);
  }
}

function document({ name, publicKey, fingerprint }: Keypair): object {
  return { name, public_key: publicKey, fingerprint };
}
