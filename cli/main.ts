#!/usr/bin/env node
import { type Command, runCommand, UsageError } from './command';

const usage = `authaction COMMAND [options]

  start    runs the API of this CDK app on this machine: gateway, Lambdas, issuer, console
  token    gets an access token, from a running start or from your tenant
  doctor   says whether a token or the whole setup works and, if not, why
  invoke   invokes one function with an event
  openapi  describes the API as OpenAPI 3.1
  access   says who may call what, and what a change does to that
  revoke   refuses good tokens of a deployed API before they expire

authaction COMMAND --help prints a command's options. Commands use the app of the nearest cdk.json; --app gives
another command or a cloud assembly.`;

/** Each loads its modules when it is called: a command starts sooner without those of the others. */
const commands: Readonly<Record<string, Command>> = {
  access: (args) => (require('./access/main') as typeof import('./access/main')).access(args),
  doctor: (args) => (require('./doctor/main') as typeof import('./doctor/main')).doctor(args),
  invoke: (args) => (require('./invoke/main') as typeof import('./invoke/main')).invoke(args),
  openapi: (args) => (require('./openapi/main') as typeof import('./openapi/main')).openapi(args),
  revoke: (args) => (require('./revoke/main') as typeof import('./revoke/main')).revoke(args),
  start: (args) => (require('./start/main') as typeof import('./start/main')).start(args),
  token: (args) => (require('./token/main') as typeof import('./token/main')).token(args),
};

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return command(args);
  throw new UsageError(name === '' ? usage : `There is no command ${JSON.stringify(name)}.\n\n${usage}`);
}

void runCommand(main, process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
