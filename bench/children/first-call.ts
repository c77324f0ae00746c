import { createRequire } from 'node:module';
import { useRuntimeConsole } from './runtime-console';

/**
 * A runtime in small: loads the bundle that the first argument names, says `loaded`, and answers each event that the
 * parent sends, as text, with the answer as text.
 */
useRuntimeConsole();
const [bundle = ''] = process.argv.slice(2);
const { handler } = createRequire(bundle)(bundle) as { handler: (event: unknown) => Promise<unknown> };

process.on('message', (body: string) => {
  handler(JSON.parse(body)).then(
    (answer) => process.send?.(JSON.stringify(answer)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.('loaded');
