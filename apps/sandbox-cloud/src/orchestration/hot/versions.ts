import { HotError } from './hot-error.ts';
import { textOf } from './json.ts';
import type { Json } from './json.ts';

/** Names that stand for a date. */
const ALIASES: Readonly<Record<string, string>> = {
  newton: '2016-10-14', ocata: '2017-02-24', pike: '2017-09-01', queens: '2018-03-02', rocky: '2018-08-31', wallaby: '2021-04-16',
};
const DATES = [
  '2013-05-23', '2014-10-16', '2015-04-30', '2015-10-15', '2016-04-08', '2016-10-14', '2017-02-24', '2017-09-01', '2018-03-02',
  '2018-08-31', '2021-04-16',
];

/** The language of a template as its date, which can be compared. @throws {HotError} for one that Heat 19 does not know. */
export function hotVersion(version: Json | undefined): string {
  if (version === undefined) {
    throw new HotError('InvalidTemplateVersion', 'The template version is invalid: Template version was not provided');
  }
  const date = typeof version === 'string' ? ALIASES[version] ?? version : '';
  if (DATES.includes(date)) return date;
  const known = [...DATES, ...Object.keys(ALIASES)].join(', ');
  throw new HotError('InvalidTemplateVersion', `The template version is invalid: "heat_template_version: ${textOf(version)}". `
    + `"heat_template_version" should be one of: ${known}`);
}
