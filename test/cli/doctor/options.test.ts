import { parseOptions, UsageError } from '../../../cli/doctor/options';

describe("the doctor's options", () => {
  test('may all be absent', () => {
    expect(parseOptions([])).toEqual({ json: false, help: false });
  });

  test.each([
    [['--token', 'a.b.c'], { text: 'a.b.c' }],
    [['--token-file', 'token.txt'], { file: 'token.txt' }],
    [['--token', '-'], 'stdin'],
    [['--token-file', '-'], 'stdin'],
  ])('take a token from %j', (args, token) => {
    expect(parseOptions(args).token).toEqual(token);
  });

  test.each(['https://api.example.com/dev', 'http://localhost:3000/dev', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'take the address %s',
    (url) => {
      expect(parseOptions(['--url', url]).url).toBe(url);
    },
  );

  test('take an address with spaces around it', () => {
    expect(parseOptions(['--url', ' https://api.example.com/dev\n']).url).toBe('https://api.example.com/dev');
  });

  test.each([
    [['--url', 'http://api.example.com/dev']],
    [['--url', 'http://localhost.example.com']],
    [['--url', 'ftp://localhost']],
    [['--url', 'api.example.com']],
    [['--url', 'https://me:secret-token@api.example.com/dev']],
    [['--url', 'https://api.example.com/dev?key=secret-token']],
    [['--url', 'https://api.example.com/dev#']],
    [['--token', 'secret-token', '--token-file', 'y']],
    [['--token']],
    [['--stack', '']],
    [['--from-log', 'secret-token', '--stack', 'api-prod']],
    [['secret-token']],
    [['--secret-token']],
    [['--json=secret-token']],
  ])('are refused, and not repeated: %j', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).not.toThrow(/secret-token/);
  });
});
