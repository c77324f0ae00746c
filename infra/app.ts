import { describeBuildError } from './build-error';
import { projectRoot } from './bundling';
import { ProblemsError } from './problems';

try {
  // Loaded only here, so that a file that cannot be compiled is an error like the others.
  const { synthesizeApp } = require('./app-synthesis') as typeof import('./app-synthesis');
  synthesizeApp();
} catch (error) {
  const message = describe(error);
  if (message === undefined) throw error;
  console.error(message);
  process.exitCode = 1;
}

/** What a user can mend; anything else is a defect, whose stack is wanted. */
function describe(error: unknown): string | undefined {
  if (error instanceof ProblemsError) return error.message;
  return error instanceof Error ? describeBuildError(error.message, projectRoot) : undefined;
}
