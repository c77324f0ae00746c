import { tell, took } from '../../../../local/console/page/story';
import type { Trace } from '../../../../local/console/view';

const trace = (changes: Partial<Trace>): Trace => ({
  ...{ id: '1', at: 0, method: 'GET', path: '/protected', status: 200, milliseconds: 12 },
  ...{ matched: true, asked: 'authorizer' },
  ...changes,
});
const handler = { name: 'ProtectedFunction', milliseconds: 2 };

/** Station states from the gateway to the handler. */
const states = (told: ReturnType<typeof tell>) => [told.gateway.state, told.authorizer.state, told.handler.state];

describe('the story of a request', () => {
  test.each<[string, Partial<Trace>, string, string[], string]>([
    [
      'allowed',
      { decision: { outcome: 'allow' }, handler },
      'good',
      ['passed', 'passed', 'answered'],
      'found its token good',
    ],
    [
      'allowed by the cache',
      { asked: 'cache', decision: { outcome: 'allow' }, handler },
      'good',
      ['passed', 'bypassed', 'answered'],
      'did not ask the authorizer',
    ],
    [
      'public',
      { asked: 'nobody', path: '/public', handler },
      'good',
      ['passed', 'bypassed', 'answered'],
      'no token is needed',
    ],
    [
      'without a token',
      { asked: 'nobody', status: 401 },
      'refused',
      ['answered', 'unreached', 'unreached'],
      'no Authorization header',
    ],
    [
      'preflight',
      { asked: 'nobody', method: 'OPTIONS', status: 204 },
      'good',
      ['answered', 'unreached', 'unreached'],
      'preflight',
    ],
    [
      'to no route',
      { asked: 'nobody', matched: false, status: 403 },
      'refused',
      ['answered', 'unreached', 'unreached'],
      'matches no route',
    ],
    [
      'refused',
      { status: 401, decision: { outcome: 'refuse', reason: 'expired' } },
      'refused',
      ['passed', 'answered', 'unreached'],
      'refused by the authorizer: its token has expired',
    ],
    [
      'forbidden',
      { status: 403, decision: { outcome: 'forbid', reason: 'insufficient_scope' } },
      'refused',
      ['passed', 'answered', 'unreached'],
      'lacks a scope',
    ],
    [
      'forbidden by the cache',
      { status: 403, asked: 'cache', decision: { outcome: 'forbid' } },
      'refused',
      ['answered', 'bypassed', 'unreached'],
      'may not call it',
    ],
    [
      'undecidable',
      { status: 503, decision: { outcome: 'fail', reason: 'keys_unavailable' } },
      'unavailable',
      ['passed', 'answered', 'unreached'],
      'Not 401',
    ],
    [
      'late',
      { status: 401, asked: 'cache', decision: { outcome: 'allow' }, handler },
      'refused',
      ['passed', 'bypassed', 'answered'],
      'the handler refused it',
    ],
    [
      'failed',
      { status: 502, decision: { outcome: 'allow' }, handler: { ...handler, error: 'Error: no' } },
      'failed',
      ['passed', 'passed', 'answered'],
      'its handler, which failed',
    ],
  ])('that is %s', (_what, changes, tone, expected, words) => {
    const told = tell(trace(changes));
    expect(told.tone).toBe(tone);
    expect(states(told)).toEqual(expected);
    expect(told.sentence).toContain(words);
    expect(told.sentence).toMatch(/^[A-Z]+ \//);
  });

  test('says that keys were fetched meanwhile', () => {
    const decision = { outcome: 'allow' } as const;
    expect(tell(trace({ decision, keyFetch: 'fetched', authorizerMilliseconds: 30 })).authorizer.facts).toEqual([
      'allow',
      '30 ms',
      'fetched the keys',
    ]);
    expect(tell(trace({ decision, keyFetch: 'failed' })).authorizer.facts).toEqual([
      'allow',
      'could not fetch the keys',
    ]);
  });

  test('has times without false precision', () => {
    expect([took(1.234), took(9.99), took(12.6), took(1640)]).toEqual(['1.2 ms', '10.0 ms', '13 ms', '1640 ms']);
  });
});
