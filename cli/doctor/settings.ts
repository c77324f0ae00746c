import { parseAuthorizerSettings } from '../../infra/authorizer-settings';
import { ProblemsError, type SettingProblem } from '../../infra/problems';
import type { Config } from '../../lambdas/authorizer/config';
import { commandLine } from '../../terminal/command-line';
import { quote } from '../../terminal/quote';
import { fail, pass, type Section } from './report';

/** The authorizer's settings, as its own parser reads them. `config` is absent when they cannot be used. */
export interface ExaminedSettings {
  readonly section: Section;
  readonly config?: Config;
}

/**
 * @param env the authorizer's environment.
 * @param origin where the settings come from, for people.
 */
export function examineSettings(env: Readonly<Record<string, string | undefined>>, origin: string): ExaminedSettings {
  const title = `Settings (${origin})`;
  try {
    const config = parseAuthorizerSettings(env);
    const { seed, contextClaims, allowedClients } = config;
    const checks = [
      pass('issuer', config.issuers.map(quote).join(' or ')),
      pass('audience', config.audiences.map(quote).join(' or ')),
      pass('token type', config.tokenTypes === 'any' ? 'JWT, at+jwt or none' : config.tokenTypes),
      pass('scope claim', quote(config.scopeClaim)),
      ...(contextClaims ? [pass('context claims', [...contextClaims].map(quote).join(' '))] : []),
      ...(allowedClients ? [pass('clients', `only ${allowedClients.size} listed in AUTHACTION_ALLOWED_CLIENTS`)] : []),
      ...(seed ? [pass('keys', `${seed.size} to start from in AUTHACTION_JWKS`)] : []),
    ];
    return { section: { title, checks }, config };
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const problems = error.problems as readonly SettingProblem[];
    const todo = `Set it in the environment or in .env, or run "${commandLine('start')}" and examine that.`;
    const checks = problems.map(({ setting, text }) => fail(setting, text, todo));
    return { section: { title, checks } };
  }
}
