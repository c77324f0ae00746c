import { guardedClock } from '../../lambdas/authorizer/keys/clock';
import { httpsKeySet } from '../../lambdas/authorizer/keys/fetch';
import { createKeyStore } from '../../lambdas/authorizer/keys/store';
import { createVerify } from '../../lambdas/authorizer/token/signature';
import type { Route } from '../../lambdas/shared/route-table';
import { examineApi } from './api';
import { examineMetadata } from './metadata';
import { readPastedToken } from './pasted-token';
import { examineProvider } from './provider';
import { type Check, fail, failReason, type Report, report, type Section, warn } from './report';
import { examineSettings } from './settings';
import { type TokenExaminer, tokenChecks, withCause } from './token-checks';
import { statusOf, type Verdict, verdictSection, verdicts } from './verdict';

export interface Examination {
  /** The authorizer's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly routes: readonly Route[];
  /** The access token, or what a person has copied with it; see {@link readPastedToken}. */
  readonly token?: string | undefined;
  /** Address of the deployed API's stage. */
  readonly url?: string | undefined;
}

/** Examines everything that can be: without usable settings nothing else makes sense. */
export async function examine({ env, origin, routes, token, url }: Examination): Promise<Report> {
  const settings = examineSettings(env, origin);
  const { config } = settings;
  if (config === undefined) return report([settings.section]);
  const provider = await examineProvider(config, env);
  const sections = [settings.section, provider.section];
  let withToken: Parameters<typeof examineApi>[0]['token'];

  if (token !== undefined) {
    const { published, clues } = provider;
    const keyStore = createKeyStore({
      fetchKeySet: httpsKeySet(config.jwksUri),
      clock: guardedClock(),
      random: Math.random,
      hardAgeMs: config.keysMaxAgeSeconds * 1000,
      timeoutMs: config.keysTimeoutSeconds * 1000,
      seed: config.seed,
      observe: () => {}, // the section on the provider says more
    });
    const nowSeconds = () => Date.now() / 1000;
    const examiner = {
      config,
      keyStore,
      verify: createVerify(config),
      nowSeconds,
      published,
      ...(clues ? { clues } : {}),
    };
    const examined = await examineToken(token, routes, examiner);
    sections.push(...examined.sections);
    if (examined.isIssuerAccepted) sections[1] = withAcceptedIssuer(provider.section);
    withToken = examined.token;
  }
  if (url !== undefined) {
    sections.push(await examineApi({ url, routes, token: withToken }));
    const discoveredIssuer = provider.clues?.discoveredIssuer;
    sections.push({ title: 'Metadata', checks: await examineMetadata({ url, routes, discoveredIssuer }) });
  }
  return report(sections);
}

interface ExaminedToken {
  readonly sections: readonly Section[];
  readonly isIssuerAccepted: boolean;
  readonly token?: { readonly value: string; readonly verdicts: readonly Verdict[] };
}

/** Examines what a person has copied: the token in it, and what the authorizer decides about that. */
export async function examineToken(
  pasted: string,
  routes: readonly Route[],
  examiner: TokenExaminer,
): Promise<ExaminedToken> {
  const read = readPastedToken(pasted);
  if (read.token === undefined) {
    const check = fail('input', read.problem, 'Give the access_token alone, or the whole token response.');
    return { sections: [{ title: 'Token', checks: [check] }], isIssuerAccepted: false };
  }
  const { token, changes, refusals } = read;
  const checks = await tokenChecks(token, examiner);
  const found = await verdicts(token, routes, examiner);
  const hasCause = checks.some(({ status }) => status === 'fail');
  const decision =
    refusals.length > 0 ? refusedHeader : verdictSection(token, found, examiner.config.scopeClaim, hasCause);
  return {
    sections: [
      { title: 'Token', checks: [...inputCheck(changes), ...withCause([...headerCheck(refusals), ...checks])] },
      decision,
    ],
    isIssuerAccepted: checks.some(({ name, status }) => name === 'iss' && status === 'pass'),
    token: { value: token, verdicts: found },
  };
}

/** What was examined is the token inside of what was given; a caller must send that, too. */
const inputCheck = (changes: readonly string[]): readonly Check[] =>
  changes.length === 0 ? [] : [warn('input', changes.join(' '), SEND_ALONE)];

const SEND_ALONE = 'Send the token alone: "Authorization: Bearer <token>", on one line without quotes.';

/** A header that the authorizer refuses before it looks at the token. */
const headerCheck = (refusals: readonly string[]): readonly Check[] =>
  refusals.length === 0
    ? []
    : [failReason('header', 'malformed_authorization', `${refusals.join(' ')} No token is accepted like this`)];

const refusedHeader: Section = {
  title: 'Decision',
  checks: [
    {
      name: 'refused',
      status: 'fail',
      reason: 'malformed_authorization',
      detail: `callers get ${statusOf.refuse}, the log says malformed_authorization`,
    },
  ],
};

/** A document that names another issuer refuses no token whose own issuer is accepted. */
function withAcceptedIssuer({ title, checks }: Section): Section {
  return {
    title,
    checks: checks.map((check) =>
      check.name === 'discovery' && check.status === 'fail' ? { ...check, status: 'warn' } : check,
    ),
  };
}
