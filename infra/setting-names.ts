import { settings as authorizerSettings } from '../lambdas/authorizer/config';
import type { SettingProblem } from './problems';

/** Names of the settings that are read at synth, besides those of the authorizer. */
const appSettings = [
  'STAGE',
  'STACK_NAME',
  'CORS_ALLOW_ORIGIN',
  'CORS_ALLOW_HEADERS',
  'CORS_EXPOSE_HEADERS',
  'CORS_ALLOW_CREDENTIALS',
  'RESOURCE_METADATA',
  'RESOURCE_METADATA_ISSUER',
  'AUTHORIZER_CACHE_TTL_SECONDS',
  'AUTHORIZER_MEMORY_MEGABYTES',
  'LAMBDA_ARCHITECTURE',
  'LAMBDA_SOURCE_MAPS',
  'LOG_RETENTION_DAYS',
  'LOG_KEEP_ON_DELETE',
  'THROTTLE_REQUESTS_PER_SECOND',
  'THROTTLE_BURST_REQUESTS',
  'ACCESS_LOGS',
  'MONITORING',
  'ALARM_TOPIC_ARN',
  'RUNBOOK_URL',
] as const;

export type SettingName = keyof typeof authorizerSettings | (typeof appSettings)[number];

/** Every name that means something: the settings, and the client that the tools get tokens as. */
const KNOWN: readonly string[] = [
  ...Object.keys(authorizerSettings),
  ...appSettings,
  'AUTHACTION_CLIENT_ID',
  'AUTHACTION_CLIENT_SECRET',
];

/** Common variables of other programs that are one letter away from a setting. */
const UNRELATED = ['STATE'];

/**
 * Finds names that look like settings but are none: every other `AUTHACTION_…`, and near misses of a setting. A typo would
 * otherwise leave the default in place, and the default of `AUTHACTION_ALLOWED_CLIENTS` lets every client call.
 *
 * @param names of environment variables.
 * @example
 * findUnknownSettings(['AUTHACTION_ALOWED_CLIENTS', 'PATH']);
 * // [{ setting: 'AUTHACTION_ALOWED_CLIENTS', text: 'is not a setting: did you mean AUTHACTION_ALLOWED_CLIENTS?' }]
 */
export function findUnknownSettings(names: readonly string[]): readonly SettingProblem[] {
  return names
    .filter((name) => !KNOWN.includes(name) && !UNRELATED.includes(name))
    .flatMap((name) => {
      const { nearest, distance } = nearestSetting(name);
      // Two typos in a long name, one in a short one; among our own names, up to half of what follows the prefix.
      const isNear = distance <= (nearest.length < 12 ? 1 : 2);
      const isAlike = isOurs(name) && distance * 2 <= name.length - 'AUTHACTION_'.length;
      if (isNear || isAlike) return [{ setting: name, text: `is not a setting: did you mean ${nearest}?` }];
      return isOurs(name)
        ? [{ setting: name, text: `is not a setting: those are ${KNOWN.filter(isOurs).join(', ')}` }]
        : [];
    });
}

const isOurs = (name: string): boolean => /^auth[_-]?action/i.test(name);

function nearestSetting(name: string): { readonly nearest: string; readonly distance: number } {
  // Most variables are other programs': no setting that differs more in length is near.
  const names = isOurs(name) ? KNOWN : KNOWN.filter(({ length }) => Math.abs(length - name.length) <= 2);
  const [first] = names
    .map((nearest) => ({ nearest, distance: editDistance(normalize(name), nearest) }))
    .sort((one, other) => one.distance - other.distance);
  return first ?? { nearest: '', distance: Number.POSITIVE_INFINITY };
}

const normalize = (name: string): string => name.toUpperCase().replace(/[.-]/g, '_');

/** Number of letters to insert, delete, replace or swap with their neighbor (optimal string alignment distance). */
function editDistance(from: string, to: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

const at = (distances: readonly number[], index: number): number => distances[index] ?? Number.POSITIVE_INFINITY;
