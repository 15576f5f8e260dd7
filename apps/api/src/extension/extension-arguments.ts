import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DriverManifest, ExtensionCommand } from '@jeroboam/driver-sdk';
import { DriversUnusable } from '@jeroboam/driver-sdk';
import { BadRequest } from '../wire/errors.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Holds what is sent to an extension against the schema that its driver declared. */
export class ExtensionArguments {
  readonly #validators = new Map<ExtensionCommand, ValidateFunction>();

  /** @throws {DriversUnusable} a schema is none. */
  constructor(manifests: readonly DriverManifest[]) {
    // What a query says is text; what a body says is meant as it stands.
    const ofQuery = new Ajv2020({ allErrors: true, useDefaults: true, coerceTypes: true, validateFormats: false });
    const ofBody = new Ajv2020({ allErrors: true, useDefaults: true, validateFormats: false });
    const problems: string[] = [];
    for (const { name, version, extension } of manifests) {
      for (const command of extension?.commands ?? []) {
        try {
          this.#validators.set(command, (command.method === 'GET' ? ofQuery : ofBody).compile(command.argsSchema));
        } catch (error) {
          problems.push(`driver ${name}@${version}, extension command ${command.name}: argsSchema is no schema: ${(error as Error).message}`);
        }
      }
    }
    if (problems.length > 0) throw new DriversUnusable(problems);
  }

  /**
   * @param given is left as it is.
   * @returns the arguments with their defaults.
   * @throws {BadRequest} naming everything that does not fit.
   */
  read(command: ExtensionCommand, given: unknown): Arguments {
    const value = structuredClone(given);
    const isValid = this.#validators.get(command)!;
    if (isValid(value)) return value as Arguments;
    const problems = (isValid.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = (params as { readonly additionalProperty?: string }).additionalProperty;
      return `${instancePath.slice(1) || 'the arguments'} ${message ?? 'do not fit'}${extra === undefined ? '' : ` (${extra})`}`;
    });
    throw new BadRequest(`Invalid arguments for ${command.name}: ${problems.join('; ')}.`, { command: command.name });
  }
}
