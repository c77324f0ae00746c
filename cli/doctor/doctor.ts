import { guardedClock } from '../../lambdas/authorizer/keys/clock';
import { httpsKeySet } from '../../lambdas/authorizer/keys/fetch';
import { createKeyStore } from '../../lambdas/authorizer/keys/store';
import { createVerify } from '../../lambdas/authorizer/token/signature';
import type { Route } from '../../lambdas/shared/route-table';
import { examineApi } from './api';
import { examineProvider } from './provider';
import { type Report, report } from './report';
import { examineSettings } from './settings';
import { tokenChecks } from './token-checks';
import { verdictSection, verdicts } from './verdict';

export interface Examination {
  /** The authorizer's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly routes: readonly Route[];
  readonly token?: string | undefined;
  readonly url?: string | undefined;
}

/** Examines everything that can be: without usable settings nothing else makes sense. */
export async function examine({ env, origin, routes, token, url }: Examination): Promise<Report> {
  const settings = examineSettings(env, origin);
  const { config } = settings;
  if (config === undefined) return report([settings.section]);
  const provider = await examineProvider(config);
  const sections = [settings.section, provider];
  let withToken: Parameters<typeof examineApi>[0]['token'];

  if (token !== undefined) {
    const keyStore = createKeyStore({
      fetchKeySet: httpsKeySet(config.jwksUri),
      clock: guardedClock(),
      random: Math.random,
      hardAgeMs: config.keysMaxAgeSeconds * 1000,
      timeoutMs: config.keysTimeoutSeconds * 1000,
      seed: config.seed,
      observe: () => {}, // the section on the provider tells it in more words
    });
    const examiner = { config, keyStore, verify: createVerify(config), nowSeconds: () => Date.now() / 1000 };
    const found = await verdicts(token, routes, examiner);
    sections.push({ title: 'Token', checks: await tokenChecks(token, examiner) });
    sections.push(verdictSection(token, found, config.scopeClaim));
    withToken = { value: token, verdicts: found };
  }
  if (url !== undefined) sections.push(await examineApi({ url, routes, token: withToken }));
  return report(sections);
}
