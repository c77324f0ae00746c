import { Annotations, type Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Warns of methods behind the authorizer that no Lambda proxy answers, while decisions are cached.
 *
 * @param names such as `GET /orders`.
 */
export function warnWithoutHandler(scope: Construct, names: readonly string[], cacheTtl: Duration): void {
  if (names.length === 0 || cacheTtl.toSeconds() === 0) return;
  Annotations.of(scope).addWarningV2(
    'authaction-aws:noHandlerCheck',
    `${names.join(', ')}: no Lambda proxy answers here, so nothing checks again that a token has not expired while ` +
      `API Gateway re-uses a decision (up to ${cacheTtl.toSeconds()} s), and paths in other spellings are left to the ` +
      'policy. Choose a shorter cacheTtl, or Duration.seconds(0).',
  );
}
