import { isBinary } from '../../../local/gateway/binary';

it.each<[readonly string[], string | undefined, boolean]>([
  [['image/png'], 'image/png', true],
  [['image/png'], 'IMAGE/PNG; q=0.5', true],
  [['image/png'], 'text/html, image/png', false],
  [['image/*'], 'image/png', false],
  [['image/png'], undefined, false],
  [['*/*'], 'text/html', true],
  [['*/*'], undefined, true],
  [[], 'image/png', false],
])('of the binary media types %j, %j is one: %j', (types, header, expected) => {
  expect(isBinary(types, header)).toBe(expected);
});
