import { type Call, type CallMethod, callMethods, type RouteView } from '../view';
import { buildPath, curlCommand, pathVariables } from './call';
import { button, byId, copy, element, idle } from './dom';
import { ask } from './server';
import { chosenToken } from './tokens';

/** A request to no route of the table: method and path are typed. */
const OTHER: RouteView = { method: 'GET', path: '', access: 'public' };

/** What was typed into the fields, by name: routes that share a field share its value. */
const typed = new Map<string, string>([
  ['Other path', '/nowhere'],
  ['Content type', 'application/json'],
  ['Body', '{}'],
]);

let shownRoutes = '';
let selected: RouteView = OTHER;

/** Shows a choice of routes, with the fields of the chosen one. */
export function showRoutes(routes: readonly RouteView[]): void {
  const key = JSON.stringify(routes);
  if (key === shownRoutes) return;
  shownRoutes = key;
  const same = ({ method, path }: RouteView): boolean => method === selected.method && path === selected.path;
  selected = routes.find(same) ?? routes[0] ?? OTHER;
  byId('routes').replaceChildren(...[...routes, OTHER].map(routeChoice));
  showFields();
}

function routeChoice(route: RouteView): HTMLElement {
  const input = element('input', { type: 'radio', name: 'route', checked: route === selected });
  input.addEventListener('change', () => {
    selected = route;
    showFields();
  });
  if (route === OTHER) return element('label', { class: 'route' }, input, element('span', {}, 'Another request'));
  const { method, path, access } = route;
  const needs = access === 'public' ? 'public' : access === 'token' ? 'any token' : access.join(', ');
  return element(
    'label',
    { class: 'route' },
    input,
    element('code', {}, element('b', {}, method), ' ', ...breakable(path)),
    element('small', {}, needs),
  );
}

/** A path that may be broken before each slash. */
const breakable = (path: string): readonly (Node | string)[] =>
  path.split(/(?=\/)/).flatMap((segment) => [element('wbr'), segment]);

function showFields(): void {
  const path = selected === OTHER ? [methodField(), field('Other path', { pattern: '/([^/].*)?' })] : [];
  const variables = pathVariables(selected.path).map((name) => field(name, { required: true }));
  const query = field('Query', { placeholder: 'limit=10&sort=name' });
  const body = takesBody() ? [field('Content type', {}), bodyField()] : [];
  byId('fields').replaceChildren(...path, ...variables, query, ...body);
}

const method = (): CallMethod => (selected === OTHER ? (typed.get('Method') ?? 'GET') : selected.method) as CallMethod;
const takesBody = (): boolean => ['POST', 'PUT', 'PATCH'].includes(method());

function field(name: string, attributes: Readonly<Record<string, string | boolean>>): HTMLElement {
  if (attributes.required && !typed.has(name)) typed.set(name, 'example');
  const input = element('input', { ...attributes, autocomplete: 'off', spellcheck: 'false' });
  return labeled(name, input);
}

const bodyField = (): HTMLElement => labeled('Body', element('textarea', { rows: '4', spellcheck: 'false' }));

function methodField(): HTMLElement {
  const options = callMethods.map((name) => element('option', {}, name));
  const select = element('select', {}, ...options);
  select.addEventListener('change', () => {
    showFields(); // a method with a body has more of them
    byId('fields').querySelector('select')?.focus();
  });
  return labeled('Method', select);
}

/** Keeps what is typed or chosen, and shows it again. */
function labeled(name: string, input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): HTMLElement {
  input.value = typed.get(name) ?? (input instanceof HTMLSelectElement ? 'GET' : '');
  const keep = (): void => void typed.set(name, input.value);
  input.addEventListener('input', keep);
  return element('label', {}, name === 'Other path' ? 'Path' : name, input);
}

/** The call as the form describes it, or `undefined` when a field or the token is missing. */
async function currentCall(): Promise<Call | undefined> {
  if (!(byId('form') as HTMLFormElement).reportValidity()) return undefined;
  const { ok, token } = await chosenToken();
  if (!ok) return undefined;
  const valueFor = (name: string): string => typed.get(name) ?? '';
  const template = selected === OTHER ? valueFor('Other path') : selected.path;
  const body = takesBody() ? valueFor('Body') : '';
  const contentType = valueFor('Content type').trim();
  return {
    method: method(),
    path: buildPath(template, valueFor, valueFor('Query')),
    ...(token === undefined ? {} : { token }),
    ...(body === '' ? {} : { body }),
    ...(body === '' || contentType === '' ? {} : { contentType }),
  };
}

/** Wires the form's buttons. @param onSend called when a call goes out. */
export function wireForm(apiUrl: () => string, onSend: () => void): void {
  const form = byId('form');
  const send = byId('send') as HTMLButtonElement;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void idle(send, async () => {
      const call = await currentCall();
      if (call === undefined) return;
      onSend();
      await ask({ action: 'call', call });
    });
  });
  const copyButton = button({}, 'Copy as curl', async () => {
    const call = await currentCall();
    if (call !== undefined) await copy(curlCommand(apiUrl(), call));
  });
  send.after(copyButton);
}
