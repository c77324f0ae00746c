import { replaceBetween } from '../../scripts/markers';

const replace = (text: string): string => replaceBetween(text, '<!-- bench:x -->', '<!-- /bench:x -->', 'new');

test('replaces the text between two markers and nothing else', () => {
  const text = 'a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb <!-- bench:y --><!-- /bench:y -->';
  expect(replace(text)).toBe('a\n<!-- bench:x -->\nnew\n<!-- /bench:x -->\nb <!-- bench:y --><!-- /bench:y -->');
});

test.each([
  ['no marker', 'text'],
  ['no end', '<!-- bench:x -->'],
  ['the marker twice', '<!-- bench:x --><!-- /bench:x --><!-- bench:x --><!-- /bench:x -->'],
])('refuses a document with %s', (_title, text) => {
  expect(() => replace(text)).toThrow(/bench:x/);
});
