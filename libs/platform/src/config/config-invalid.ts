import { DomainError } from '@jeroboam/domain';

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Name of the variable; empty when several together are wrong. */
  readonly variable: string;
  /** What is wrong, what is expected and what holds without it, in one sentence. */
  readonly problem: string;
}

/** The process cannot run as it is configured. Lists everything wrong at once, so that it is put right at once. */
export class ConfigInvalid extends DomainError {
  readonly code = 'CONFIG_INVALID';
  readonly kind = 'invalid';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable === '' ? problem : `${variable} ${problem}`}`);
    super(`The configuration is invalid (${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}):\n${lines.join('\n')}`, {
      problems,
    });
  }
}
