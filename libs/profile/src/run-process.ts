import { describeConfig } from '@jeroboam/platform';
import type { ConfigSchema, serviceFields } from '@jeroboam/platform';
import { runService } from '@jeroboam/platform/nest';
import type { ServiceDescription } from '@jeroboam/platform/nest';

export interface ProcessDescription<S extends ConfigSchema<typeof serviceFields>> extends ServiceDescription<S> {
  /** One line for `--help`. */
  readonly summary: string;
  /** Command lines for `--help`. */
  readonly examples: readonly string[];
}

/** A service's `main`: `--help`, or the whole life of the process. */
export async function runProcess<S extends ConfigSchema<typeof serviceFields>>(description: ProcessDescription<S>): Promise<void> {
  if (process.argv.includes('--help')) process.stdout.write(helpOf(description));
  else await runService(description);
}

function helpOf<S extends ConfigSchema<typeof serviceFields>>({ summary, examples, config }: ProcessDescription<S>): string {
  const variables = describeConfig(config as unknown as ConfigSchema).map(({ variable, description, defaultValue, expected, required }) => {
    const without = required ? 'required' : defaultValue === undefined ? 'no default' : `default: ${defaultValue}`;
    return `  ${variable}\n      ${description} (${expected}; ${without})`;
  });
  return `${summary}\n\nExamples\n${examples.map((example) => `  ${example}`).join('\n')}\n\nVariables (a secret may also come from the file that NAME_FILE names)\n${variables.join('\n')}\n`;
}
