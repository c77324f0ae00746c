import { replaceBetween } from '../../scripts/markers';

const replace = (text: string): string => replaceBetween(text, '<!-- page:x -->', '<!-- /page:x -->', 'new');

test('replaces the text between two markers and nothing else', () => {
  const text = 'a\n<!-- page:x -->\nold\n<!-- /page:x -->\nb <!-- page:y --><!-- /page:y -->';
  expect(replace(text)).toBe('a\n<!-- page:x -->\nnew\n<!-- /page:x -->\nb <!-- page:y --><!-- /page:y -->');
});

test.each([
  ['no marker', 'text'],
  ['no end', '<!-- page:x -->'],
  ['the marker twice', '<!-- page:x --><!-- /page:x --><!-- page:x --><!-- /page:x -->'],
])('refuses a document with %s', (_title, text) => {
  expect(() => replace(text)).toThrow(/page:x/);
});
