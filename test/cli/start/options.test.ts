import { parseOptions } from '../../../cli/start/options';

it('has defaults', () => {
  expect(parseOptions([], {})).toEqual({
    port: 3000,
    issuerPort: 3001,
    consolePort: 'default',
    watch: false,
    issuer: undefined,
    claims: undefined,
    app: undefined,
    api: undefined,
  });
});

it('takes ports from the environment', () => {
  expect(parseOptions([], { PORT: '4000', ISSUER_PORT: '0', CONSOLE_PORT: '4002' })).toMatchObject({
    port: 4000,
    issuerPort: 0,
    consolePort: 4002,
  });
});

it('lets options win over the environment', () => {
  const args = ['--port', '5000', '--issuer-port=5001', '--console-port=5002', '--watch', '--own-issuer'];
  expect(parseOptions(args, { PORT: '4000', ISSUER_PORT: '4001', CONSOLE_PORT: '4002' })).toMatchObject({
    port: 5000,
    issuerPort: 5001,
    consolePort: 5002,
    watch: true,
    issuer: 'embedded',
  });
});

it('leaves the console out with --no-console', () => {
  expect(parseOptions(['--no-console', '--console-port', '1'], {})).toMatchObject({ consolePort: 'none' });
});

it.each(['--help', '-h'])('asks for help with %s', (option) => {
  expect(parseOptions([option], {})).toBeUndefined();
});

it.each<[string[], Record<string, string>, string]>([
  [['--port', 'x'], {}, '--port is not a port: x'],
  [['--port', '-1'], {}, '--port'],
  [['--port', '1e3'], {}, '--port is not a port: 1e3'],
  [['--port', '65536'], {}, '--port is not a port: 65536'],
  [['--console-port', 'x'], {}, '--console-port is not a port: x'],
  [[], { ISSUER_PORT: '70000' }, '--issuer-port is not a port: 70000'],
  [['--prot', '1'], {}, "Unknown option '--prot'"],
  [['start'], {}, 'start'],
  [['--claims', '["org_id"]'], {}, '--claims is not a JSON object, such as {"org_id":"org-1"}: ["org_id"]'],
  [['--claims', 'org_id=1'], {}, '--claims is not a JSON object'],
  [
    ['--claims', '{"org_id":"org-1","sub":"alice","scope":"read:all"}'],
    {},
    '--claims cannot set sub, scope: the issuer writes that itself.',
  ],
  [['--tenant', '--own-issuer'], {}, 'one of --tenant and --own-issuer'],
])('refuses %j %j', (args, env, message) => {
  expect(() => parseOptions(args, env)).toThrow(message);
});

it('takes further claims of its tokens as JSON', () => {
  expect(parseOptions(['--claims', '{"org_id":"org-1"}'], {})).toMatchObject({ claims: { org_id: 'org-1' } });
});

it('takes an app, an API and the tenant', () => {
  expect(parseOptions(['--app', 'cdk.out', '--api', 'Orders', '--tenant'], {})).toMatchObject({
    app: 'cdk.out',
    api: 'Orders',
    issuer: 'tenant',
  });
});
