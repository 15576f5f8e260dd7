import { z } from 'zod';
import type { SandboxCloudOptions } from './sandbox-cloud.ts';

/** The stand-alone process is configured by its environment alone. */
const schema = z.object({
  /** @default 127.0.0.1 */
  JEROBOAM_SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  /** @default 9512 */
  JEROBOAM_SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(9_512),
  /** Catalog entry of the API under trial. @default http://127.0.0.1:9511/v1 */
  JEROBOAM_CONTAINER_INFRA_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:9511/v1'),
  /** Scheme, host and port under which clients reach the sandbox. @default where it listens */
  JEROBOAM_SANDBOX_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Another Keystone, with `/v3`, whose tokens the image, compute and network services take. @default the sandbox is its own */
  JEROBOAM_SANDBOX_IDENTITY_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** @default the `cloud.json` of this package */
  JEROBOAM_SANDBOX_CLOUD_FILE: z.string().min(1).optional(),
  /** @default 3600 */
  JEROBOAM_SANDBOX_TOKEN_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(3_600),
  /** Folder to keep stacks in over a restart. @default nowhere */
  JEROBOAM_SANDBOX_DATA_DIR: z.string().min(1).optional(),
  /** `true` lets it listen on other than loopback addresses. @default false */
  JEROBOAM_SANDBOX_ALLOW_PUBLIC: z.enum(['true', 'false']).default('false'),
});

/** @throws with a list of everything that is wrong. */
export function readSandboxConfig(env: NodeJS.ProcessEnv): SandboxCloudOptions {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `- ${path.join('.')}: ${message}`);
    throw new Error(`The configuration is not usable:\n${problems.join('\n')}`);
  }
  const config = parsed.data;
  return Object.freeze({
    host: config.JEROBOAM_SANDBOX_HOST,
    port: config.JEROBOAM_SANDBOX_PORT,
    containerInfraUrl: config.JEROBOAM_CONTAINER_INFRA_URL,
    tokenTtlSeconds: config.JEROBOAM_SANDBOX_TOKEN_TTL_SECONDS,
    ...(config.JEROBOAM_SANDBOX_DATA_DIR !== undefined && { dataDir: config.JEROBOAM_SANDBOX_DATA_DIR }),
    allowPublic: config.JEROBOAM_SANDBOX_ALLOW_PUBLIC === 'true',
    ...(config.JEROBOAM_SANDBOX_PUBLIC_URL !== undefined && { publicUrl: config.JEROBOAM_SANDBOX_PUBLIC_URL }),
    ...(config.JEROBOAM_SANDBOX_IDENTITY_URL !== undefined && { identityUrl: config.JEROBOAM_SANDBOX_IDENTITY_URL }),
    ...(config.JEROBOAM_SANDBOX_CLOUD_FILE !== undefined && { cloudFile: config.JEROBOAM_SANDBOX_CLOUD_FILE }),
  });
}
