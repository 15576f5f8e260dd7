import type { CallerIdentity } from './caller.ts';
import type { AccessRule } from './delegations.ts';

/** Type in the catalog by the first part of an address. */
const SERVICES: Readonly<Record<string, string>> = {
  v3: 'identity', image: 'image', compute: 'compute', network: 'network', orchestration: 'orchestration', volume: 'volumev3', 'load-balancer': 'load-balancer',
};

/** Whether what a caller's credential was made for includes this request. */
export function isAllowed({ accessRules }: Pick<CallerIdentity, 'accessRules'>, { method, url }: { readonly method: string; readonly url: string }): boolean {
  if (!accessRules) return true;
  const path = url.split('?')[0]!;
  const first = path.split('/')[1] ?? '';
  const below = path.slice(first.length + 1);
  return accessRules.some((rule) => rule.service === SERVICES[first] && rule.method === method && [path, below].some((each) => fits(rule, each)));
}

/** `*` and `{name}` stand for one part, `**` for any number of them. */
function fits({ path: pattern }: AccessRule, path: string): boolean {
  const parts = pattern.split(/(\*\*|\*|\{[^}]*\})/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`).test(path);
}
