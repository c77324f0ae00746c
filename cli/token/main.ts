import { parseArgs } from 'node:util';
import { tokenRequest } from '../../client/credentials';
import { requestToken, TokenRequestError } from '../../client/request-token';
import { ProblemsError } from '../../lambdas/authorizer/problems';
import { tenantOrLocalRun } from '../target';
import { decoded } from './decode';

const usage = `Gets an access token by client credentials and prints it, alone, on standard output.

  curl -H "Authorization: Bearer $(npm run -s token)" https://…/protected

  --scope "A B"     scopes to ask for
  --audience API    another API than AUTHACTION_AUDIENCE
  --decode          show header and claims, not verified, on standard error
  --help

The tenant is AUTHACTION_DOMAIN, the client AUTHACTION_CLIENT_ID and AUTHACTION_CLIENT_SECRET, from the environment or
.env; without AUTHACTION_DOMAIN it is the issuer of a running "npm start", and
of a running "npm start -- --own-issuer" in any case.
Exit code: 0 a token was printed, 1 there is none, 2 the command was not understood.`;

async function main(args: readonly string[]): Promise<number> {
  const options = parsed(args);
  if (options === undefined || options.help) {
    console.error(usage);
    return options ? 0 : 2;
  }
  try {
    const token = await requestToken(tokenRequest(tenantOrLocalRun(), options.audience, options.scope));
    if (options.decode) console.error(decoded(token, Date.now() / 1000));
    console.log(token);
    return 0;
  } catch (error) {
    if (!(error instanceof TokenRequestError || error instanceof ProblemsError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { scope: text, audience: text, decode: flag, help: flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
