type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Makes an element. Text goes in as text: nothing is ever parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

/** Makes a button that does something. */
export function button(attributes: Attributes, label: string, press: () => Promise<void> | void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', () => idle(made, press));
  return made;
}

/** Does what a button is for, unless the button is still busy with it. */
export async function idle(control: HTMLButtonElement, press: () => Promise<void> | void): Promise<void> {
  if (control.getAttribute('aria-disabled') === 'true') return;
  control.setAttribute('aria-disabled', 'true');
  try {
    await press();
  } finally {
    control.removeAttribute('aria-disabled');
  }
}

/** Copies a string and says so. */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  announce('Copied');
  setTimeout(() => announce(''), 2_000);
}

/** Shows a short notice, which is read out. */
export function announce(text: string): void {
  byId('notice').textContent = text;
}
