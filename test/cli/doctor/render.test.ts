import { render } from '../../../cli/doctor/render';
import { fail, pass, report } from '../../../cli/doctor/report';
import { hasColour, painter } from '../../../terminal/terminal';

const found = report([{ title: 'Title', checks: [pass('good', 'fine'), fail('bad', 'broken', 'mend it')] }]);

describe('the report in a terminal', () => {
  test('says what to do below what is wrong', () => {
    expect(render(found, painter(false)).split('\n')).toEqual([
      'Title',
      '  ✓ good          fine',
      '  ✗ bad           broken',
      '                  → mend it',
      '',
      '1 problem found.',
      '',
    ]);
  });

  test('breaks its lines to the width of the terminal, at spaces', () => {
    const long = fail(
      'bad',
      'one two three four five six seven eight nine',
      'https://example.com/a-word-that-is-longer-than-that',
    );
    const text = render(report([{ title: 'Title', checks: [long] }]), painter(false), 50);
    expect(text.split('\n').slice(1, 4)).toEqual([
      '  ✗ bad           one two three four five six',
      '                  seven eight nine',
      '                  → https://example.com/a-word-that-is-longer-than-that',
    ]);
  });

  test('has colour where that was asked for', () => {
    expect(render(found, painter(true))).toContain('\u001b[31m✗\u001b[39m');
  });

  test.each([
    ['a terminal', true, {}, true],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['a pipe', false, {}, false],
  ])('on %s: colour is %s', (_what, isTTY, env, expected) => {
    expect(hasColour({ isTTY }, env)).toBe(expected);
  });
});
