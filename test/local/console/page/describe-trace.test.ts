import {
  describeTrace,
  formatMilliseconds,
  type TraceDescription,
} from '../../../../local/console/page/describe-trace';
import type { Trace } from '../../../../local/console/view';

const trace = (changes: Partial<Trace>): Trace => ({
  ...{ id: '1', startedAtMs: 0, method: 'GET', path: '/protected', milliseconds: 12 },
  ...{ status: 200, statusText: 'OK', matched: true, decidedBy: 'authorizer' },
  ...{ answer: { headers: [], body: '' }, logs: [] },
  ...changes,
});
const handler = { name: 'ProtectedFunction', milliseconds: 2 };

/** What each step had to do with a request, from the gateway to the handler. */
const states = ({ gateway, authorizer, handler }: TraceDescription) => [gateway.state, authorizer.state, handler.state];

describe('the description of a request', () => {
  test.each<[string, Partial<Trace>, string, string[], string]>([
    [
      'allowed',
      { decision: { outcome: 'allow' }, handler },
      'good',
      ['passed', 'passed', 'answered'],
      'the authorizer accepted its token',
    ],
    [
      'allowed by the cache',
      { decidedBy: 'cache', decision: { outcome: 'allow' }, handler },
      'good',
      ['passed', 'skipped', 'answered'],
      'by a cached decision, without the authorizer',
    ],
    [
      'public',
      { decidedBy: 'none', path: '/public', handler },
      'good',
      ['passed', 'skipped', 'answered'],
      'needs no token',
    ],
    [
      'called with a query',
      { decidedBy: 'none', path: '/public', query: '?page=2', handler },
      'good',
      ['passed', 'skipped', 'answered'],
      'GET /public?page=2 is public',
    ],
    [
      'without a token',
      { decidedBy: 'none', status: 401 },
      'refused',
      ['answered', 'unreached', 'unreached'],
      'has no Authorization header',
    ],
    [
      'preflight',
      { decidedBy: 'none', method: 'OPTIONS', status: 204 },
      'good',
      ['answered', 'unreached', 'unreached'],
      'preflight',
    ],
    [
      'to no route',
      { decidedBy: 'none', matched: false, status: 403 },
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
      { status: 403, decidedBy: 'cache', decision: { outcome: 'forbid' } },
      'refused',
      ['answered', 'skipped', 'unreached'],
      'does not allow this route',
    ],
    [
      'undecidable',
      { status: 503, decision: { outcome: 'fail', reason: 'keys_unavailable' } },
      'unavailable',
      ['passed', 'answered', 'unreached'],
      'It is not 401',
    ],
    [
      'late',
      { status: 401, decidedBy: 'cache', decision: { outcome: 'allow' }, handler },
      'refused',
      ['passed', 'skipped', 'answered'],
      'has expired since: the handler refused it',
    ],
    [
      'failed',
      { status: 502, decision: { outcome: 'allow' }, handler: { ...handler, error: 'Error: no' } },
      'failed',
      ['passed', 'passed', 'answered'],
      'its handler, which failed',
    ],
    [
      'undecidable because the authorizer crashed',
      { status: 503, decision: { outcome: 'fail', reason: 'internal_error' } },
      'failed',
      ['passed', 'answered', 'unreached'],
      'the authorizer crashed',
    ],
    [
      'refused by its handler',
      { status: 404, decision: { outcome: 'allow' }, handler },
      'refused',
      ['passed', 'passed', 'answered'],
      'its handler, which answered 404',
    ],
  ])('that is %s', (_what, changes, tone, expected, words) => {
    const description = describeTrace(trace(changes));
    expect(description.tone).toBe(tone);
    expect(states(description)).toEqual(expected);
    expect(description.sentence).toContain(words);
    expect(description.sentence).toMatch(/^[A-Z]+ \//);
  });

  test('says that keys were fetched meanwhile', () => {
    const decision = { outcome: 'allow' } as const;
    expect(
      describeTrace(trace({ decision, keyFetch: 'fetched', authorizerMilliseconds: 30 })).authorizer.facts,
    ).toEqual(['allow', '30 ms', 'fetched the keys']);
    expect(describeTrace(trace({ decision, keyFetch: 'failed' })).authorizer.facts).toEqual([
      'allow',
      'could not fetch the keys',
    ]);
  });

  test('has times without false precision', () => {
    expect([
      formatMilliseconds(1.234),
      formatMilliseconds(9.99),
      formatMilliseconds(12.6),
      formatMilliseconds(1640),
    ]).toEqual(['1.2 ms', '10.0 ms', '13 ms', '1640 ms']);
  });
});
