import { parseRevoked, type RevokedList } from '../../lambdas/authorizer/token/revoked';
import { AppError } from '../../local/app';
import { commandLine } from '../../terminal/command-line';
import { readAuthorizers } from '../revoke/deployed-authorizer';
import { type Check, fail, pass, type Section, skip, warn } from './report';

/**
 * Compares the list of revoked tokens of a deployed stack with the configured one: the next deployment brings that back.
 * Names no entry, since subjects are among them.
 *
 * @param configured the setting AUTHACTION_REVOKED; `undefined` when the settings examined are not those of a deployment.
 */
export function examineStack(stackName: string, configured: string | undefined): Section {
  return { title: `Stack ${stackName}`, checks: [revokedCheck(stackName, configured)] };
}

function revokedCheck(stackName: string, configured: string | undefined): Check {
  if (configured === undefined) {
    return skip('revoked', 'The settings examined are those of the local run: set AUTHACTION_DOMAIN.');
  }
  const settings = parseRevoked(configured);
  if (!settings) return skip('revoked', 'AUTHACTION_REVOKED is malformed in the settings.');
  try {
    const differences = readAuthorizers(stackName).flatMap(({ functionName, variables }) => {
      const difference = compare(parseRevoked(variables.AUTHACTION_REVOKED ?? ''), settings);
      return difference === undefined ? [] : [`${functionName}: ${difference}`];
    });
    if (differences.length === 0)
      return pass('revoked', `The deployed list is the configured one. Entries: ${settings.size}.`);
    return warn(
      'revoked',
      `The deployed list is not the configured one. ${differences.join('; ')}.`,
      `The next deployment brings the configured list back. To keep the deployed one, set AUTHACTION_REVOKED to the entries that "${commandLine('revoke', `--stack ${stackName} --list`)}" prints, in .env.<stage> or the repository's variable.`,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fail('revoked', error.message, "Check the stack's name and the AWS CLI with its credentials and region.");
  }
}

/** How a deployed list differs; `undefined` when it refuses the same. */
function compare(deployed: RevokedList | undefined, configured: RevokedList): string | undefined {
  if (!deployed) return 'malformed';
  const more = countMissing(deployed, configured);
  const less = countMissing(configured, deployed);
  return more + less === 0
    ? undefined
    : `entries only in the deployed list: ${more}, only in the configured list: ${less}`;
}

/** How many entries of a list another has not, or with another time. */
const countMissing = (list: RevokedList, other: RevokedList): number =>
  [...list].filter(([key, before]) => other.get(key) !== before).length;
