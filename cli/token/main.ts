import { parseArgs } from 'node:util';
import { tokenRequest } from '../../client/credentials';
import { requestToken } from '../../client/request-token';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';
import { findTarget } from '../target';
import { decoded } from './decode';

const usage = `${commandLine('token', '[options]')}

Gets an access token with the client credentials grant, and prints nothing but the token on standard output.

  curl -H "Authorization: Bearer $(${commandLine('token')})" https://…/protected

  --scope "A B"     scopes to request
  --audience API    the API to get the token for; default: the first of AUTHACTION_AUDIENCE
  --decode          also print header and claims, unverified, on standard error
  --app APP         an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api NAME        an API other than the app's first: its logical id or name
  --help

The tenant is AUTHACTION_DOMAIN, and the client is AUTHACTION_CLIENT_ID with AUTHACTION_CLIENT_SECRET, from the environment
or .env. Without AUTHACTION_DOMAIN, the token comes from the issuer of a running "${commandLine('start')}", else from the domain
that the app names. While "${commandLine('start', '--own-issuer')}" runs, it always comes from that issuer.
Exit codes: 0 a token was printed, 1 there is none, 2 the command was not understood.`;

/** Prints an access token. @throws TokenRequestError */
export async function token(args: readonly string[]): Promise<number> {
  const options = parsed(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { env, localIssuer } = await findTarget(options);
  const accessToken = await requestToken(tokenRequest({ env, localIssuer }, options.audience, options.scope));
  if (options.decode) console.error(decoded(accessToken, Date.now() / 1000));
  console.log(accessToken);
  return 0;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { scope: text, audience: text, decode: flag, app: text, api: text, help: flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
