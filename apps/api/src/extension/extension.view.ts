import type { LoadedExtension } from '@jeroboam/driver-sdk';

/** An extension as clients see it, who grow commands from it (behaviour section 1). Data, never code. */
export function extensionView({ extension, manifest }: LoadedExtension, baseUrl: string): Record<string, unknown> {
  const { alias, name, description, version, updated, commands } = extension;
  const namespace = `/v1/clusters/{ident}/ext/${alias}/`;
  return {
    alias, name, description, driver: manifest.name, driver_version: manifest.version, version, updated, namespace,
    commands: commands.map((command) => ({
      name: command.name, help: command.help, method: command.method, path: `${namespace}${command.path}`,
      args_schema: command.argsSchema, response_columns: command.responseColumns,
    })),
    links: [{ rel: 'self', href: `${baseUrl}/v1/extensions/${alias}` }],
  };
}
