import { randomInt } from 'node:crypto';

const GREEK = [
  'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu',
  'nu', 'xi', 'omicron', 'pi', 'rho', 'sigma', 'tau', 'upsilon', 'phi', 'chi', 'psi', 'omega',
];

/** The name of what was given none, as Magnum makes them: `upsilon-16-template`. Not unique. */
export function generatedName(suffix: 'template' | 'cluster' | 'model' | 'bay'): string {
  return `${GREEK[randomInt(GREEK.length)]}-${randomInt(1, GREEK.length + 1)}-${suffix}`;
}
