import { absent, ExactKeys, type Expected, type Matcher, Not, present, Remember } from './row';
import type { RawAnswer } from './send';

/** What of an answer is not as expected, a line each. @param remembered values of the row's earlier steps. */
export function differences(
  answer: RawAnswer,
  expected: Expected,
  remembered: Map<string, unknown>,
): readonly string[] {
  const text = answer.body.toString('utf8');
  const event = (): Record<string, unknown> => json(text) as Record<string, unknown>;
  const authorizerEvent = (): unknown => {
    const { requestContext } = event() as { requestContext?: { authorizer?: { event?: string } } };
    return json(requestContext?.authorizer?.event ?? '');
  };
  const compare = (what: string, actual: unknown, matcher: Matcher | undefined): readonly string[] =>
    matcher === undefined ? [] : match(what, actual, matcher, remembered);
  return [
    ...compare('status', answer.status, expected.status),
    ...Object.entries(expected.headers ?? {}).flatMap(([name, matcher]) =>
      compare(`header ${name}`, headerOf(answer.headers, name, Array.isArray(matcher)), matcher),
    ),
    ...compare('body', text, expected.body),
    ...(expected.json === undefined ? [] : compare('body', json(text), expected.json)),
    ...(expected.event === undefined ? [] : compare('event', event(), expected.event)),
    ...byName('headers', event, expected.eventHeaders, compare),
    ...byName('multiValueHeaders', event, expected.eventMultiValueHeaders, compare),
    ...(expected.authorizerEvent === undefined
      ? []
      : compare('authorizer event', authorizerEvent(), expected.authorizerEvent)),
  ];
}

function byName(
  field: 'headers' | 'multiValueHeaders',
  event: () => Record<string, unknown>,
  expected: Readonly<Record<string, Matcher>> | undefined,
  compare: (what: string, actual: unknown, matcher: Matcher) => readonly string[],
): readonly string[] {
  if (!expected) return [];
  const actual = Object.entries((event()?.[field] ?? {}) as Record<string, unknown>);
  return Object.entries(expected).flatMap(([name, matcher]) => {
    const found = actual.find(([key]) => key.toLowerCase() === name.toLowerCase());
    return compare(`event ${field} ${name}`, found?.[1], matcher);
  });
}

function headerOf(headers: RawAnswer['headers'], name: string, isList: boolean): unknown {
  const values = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return isList ? values : values[0];
}

function match(what: string, actual: unknown, matcher: Matcher, remembered: Map<string, unknown>): readonly string[] {
  const differ = (wanted: string): readonly string[] => [`${what}: ${show(actual)}, expected ${wanted}`];
  if (matcher === present) return actual === undefined || actual === null ? differ('something') : [];
  if (matcher === absent) return actual === undefined ? [] : differ('nothing');
  if (matcher instanceof RegExp)
    return typeof actual === 'string' && matcher.test(actual) ? [] : differ(String(matcher));
  if (matcher instanceof Remember) {
    if (!remembered.has(matcher.name)) remembered.set(matcher.name, actual);
    return actual !== undefined && remembered.get(matcher.name) === actual
      ? []
      : differ(`the ${matcher.name} from before`);
  }
  if (matcher instanceof Not) return actual === matcher.value ? differ(`another value`) : [];
  if (matcher instanceof ExactKeys) {
    const keys = isObject(actual) ? Object.keys(actual).sort() : [];
    return String(keys) === String([...matcher.keys].sort()) ? [] : differ(`the keys ${[...matcher.keys].sort()}`);
  }
  if (Array.isArray(matcher)) {
    if (!Array.isArray(actual) || actual.length !== matcher.length) return differ(show(matcher));
    return matcher.flatMap((item: Matcher, index) => match(`${what}[${index}]`, actual[index], item, remembered));
  }
  if (isObject(matcher)) {
    if (!isObject(actual)) return differ('an object');
    return Object.entries(matcher).flatMap(([key, item]) =>
      match(`${what}.${key}`, actual[key], item as Matcher, remembered),
    );
  }
  return actual === matcher ? [] : differ(show(matcher));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 160);

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
