import type { Matcher, Row, Source } from '../row';
import { dotnet, guide, localstack, reports, voker } from '../sources';

const arrives = (
  fact: string,
  query: string,
  single: Record<string, Matcher> | null,
  multiple: Record<string, Matcher> | null | undefined,
  source: Source,
): Row => ({
  fact,
  steps: [
    {
      request: { line: `GET /echo${query}` },
      expected: {
        status: 200,
        event: {
          queryStringParameters: single,
          ...(multiple === undefined ? {} : { multiValueQueryStringParameters: multiple }),
        },
      },
    },
  ],
  source,
});

const refused = (character: string, source: Source): Row => ({
  fact: `a plain ${character} is refused`,
  steps: [{ request: { line: `GET /echo?a=x${character}y` }, expected: { status: 400 } }],
  source,
});

export const query: readonly Row[] = [
  arrives('no query is null, not an empty object', '', null, null, localstack.proxyEvent),
  arrives('an empty query is null', '?', null, null, localstack.proxyEvent),
  arrives(
    'the last value is the single one',
    '?category=electronics&category=books&price=10&price=20&price=30',
    { category: 'books', price: '30' },
    { category: ['electronics', 'books'], price: ['10', '20', '30'] },
    localstack.proxyEvent,
  ),
  arrives(
    'values are decoded, and a plus is a space',
    '?empty=&encodedPlus=a%2Bb&literalPlus=a+b&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb&repeat=one&repeat=two',
    { empty: '', encodedPlus: 'a+b', literalPlus: 'a b', redirect: 'https://example.com/a/b', repeat: 'two' },
    {
      empty: [''],
      encodedPlus: ['a+b'],
      literalPlus: ['a b'],
      redirect: ['https://example.com/a/b'],
      repeat: ['one', 'two'],
    },
    voker.event,
  ),
  arrives(
    'an encoded question mark, percent sign and hash are decoded',
    '?marker=path-probe&value=a%3Fb%25c%23d&repeat=one&repeat=two',
    { value: 'a?b%c#d', repeat: 'two' },
    { value: ['a?b%c#d'], marker: ['path-probe'] },
    voker.paths,
  ),
  arrives(
    'encoded values of one name are decoded',
    '?q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core',
    { q: 'Hello World', tag: '.NET Core' },
    { q: ['Hello World'], tag: ['C# Programming', '.NET Core'] },
    dotnet.answer('UrlEncodedQueryString'),
  ),
  arrives(
    'a comma makes no list',
    '?parameter1=value1&parameter2=value1&parameter2=value2&parameter3=value1,value2',
    { parameter1: 'value1', parameter2: 'value2', parameter3: 'value1,value2' },
    { parameter1: ['value1'], parameter2: ['value1', 'value2'], parameter3: ['value1,value2'] },
    guide.proxyIntegrations,
  ),
  arrives('%7C and %7B are decoded', '?a=x%7Cy&b=%7B1%7D', { a: 'x|y', b: '{1}' }, undefined, guide.notes),
  arrives('UTF-8 is decoded', '?name=%C3%A9', { name: 'é' }, { name: ['é'] }, guide.notes),
  arrives('a semicolon splits', '?a=1;b=2', { a: '1', b: '2' }, undefined, guide.notes),
  arrives('names are compared with regard to case', '?name=a&Name=b', { name: 'a', Name: 'b' }, undefined, guide.notes),
  refused('|', reports.plainPipe),
  refused('{', guide.notes),
  refused('}', guide.notes),
];
