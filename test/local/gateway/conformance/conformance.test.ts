import { type LocalLab, startLocalLab } from './local-lab';
import { tryRow } from './run';
import { binaryTable, table } from './table';

let lab: LocalLab;
beforeAll(async () => {
  lab = await startLocalLab();
});
afterAll(() => lab?.stop());

for (const [area, rows] of Object.entries(table)) {
  describe(`API Gateway, ${area}`, () => {
    it.each(rows.map((row) => [row.fact, row] as const))('%s', async (_fact, row) => {
      expect(await tryRow(lab.gateway.url, row)).toEqual([]);
    });
  });
}

describe('API Gateway, binary media types', () => {
  it.each(
    Object.values(binaryTable)
      .flat()
      .map((row) => [row.fact, row] as const),
  )('%s', async (_fact, row) => {
    expect(await tryRow(lab.binaryGateway.url, row)).toEqual([]);
  });
});

it('no fact is in the table twice', () => {
  for (const [area, rows] of Object.entries({ ...table, ...binaryTable })) {
    const facts = rows.map(({ fact }) => `${area}: ${fact}`);
    expect(facts).toEqual([...new Set(facts)]);
  }
});

it('a row that is not met says what differs', async () => {
  const expected = { status: 201, headers: { 'X-None': 'x' }, event: { path: '/else', body: { a: 1 } } };
  const row = {
    fact: 'wrong',
    steps: [{ request: { line: 'GET /plain' }, expected }],
    source: { kind: 'measured', cite: '' },
  } as const;
  expect(await tryRow(lab.gateway.url, row)).toEqual([
    'status: 200, expected 201',
    'header X-None: nothing, expected "x"',
    'event.path: "/plain", expected "/else"',
    'event.body: null, expected an object',
  ]);
});
