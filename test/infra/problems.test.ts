import { ProblemsError, settingsError } from '../../infra/problems';

test('ProblemsError keeps its problems as data and renders one line for each', () => {
  const problems = [{ part: 'a' }, { part: 'b' }];
  const error = new ProblemsError('The parts cannot be used', problems, ({ part }) => `${part} is broken: replace it`);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('ProblemsError');
  expect(error.problems).toBe(problems);
  expect(error.message).toBe('The parts cannot be used:\n  - a is broken: replace it\n  - b is broken: replace it');
});

test('settingsError() renders each problem as the name of the setting and its text', () => {
  const problems = [
    { setting: 'AUTHACTION_DOMAIN', text: 'is missing' },
    { setting: 'AUTHACTION_AUDIENCE', text: 'contains a space' },
  ];
  const error = settingsError(problems);
  expect(error).toBeInstanceOf(ProblemsError);
  expect(error.problems).toEqual(problems);
  expect(error.message).toBe(
    'The settings cannot be used (see .env.example):\n' +
      '  - AUTHACTION_DOMAIN is missing\n  - AUTHACTION_AUDIENCE contains a space',
  );
});

test('a ProblemsError that is not caught is printed without its data', () => {
  const error = new ProblemsError('It cannot be used', [{ setting: 'A', text: 'is odd' }], ({ text }) => text);
  expect(error.problems).toHaveLength(1);
  expect(Object.keys(error)).not.toContain('problems');
});
