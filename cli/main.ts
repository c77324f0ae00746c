#!/usr/bin/env node
import { access } from './access/main';
import { runCommand, UsageError } from './command';
import { doctor } from './doctor/main';
import { invoke } from './invoke/main';
import { openapi } from './openapi/main';
import { revoke } from './revoke/main';
import { start } from './start/main';
import { token } from './token/main';

const usage = `authaction COMMAND [options]

  start    runs the API of this CDK app on this machine: gateway, Lambdas, issuer, console
  token    gets an access token, from the running start or from your tenant
  doctor   examines why a token, or the whole setup, does or does not work
  invoke   invokes one function with an event
  openapi  describes the API as OpenAPI 3.1
  access   says who may call what, and what a change does to it
  revoke   refuses good tokens of a deployed API before they expire

authaction COMMAND --help prints a command's options. The app is the one of the nearest cdk.json; --app names another
command or a cloud assembly.`;

const commands = { access, doctor, invoke, openapi, revoke, start, token } as const;

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(usage);
    return 0;
  }
  if (Object.hasOwn(commands, name)) return commands[name as keyof typeof commands](args);
  throw new UsageError(name === '' ? usage : `There is no command ${JSON.stringify(name)}.\n\n${usage}`);
}

void runCommand(main, process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
