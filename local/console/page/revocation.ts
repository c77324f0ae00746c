import { announce, button } from './dom';
import { hasEntry, subjectEntry, toggleEntry } from './revoked-list';
import { ask } from './server';

let list = '';
let showState = (): void => {};

/** Takes the list of revoked tokens as it is now. */
export function showRevoked(revoked: string): void {
  list = revoked;
  showState();
}

/** A button that revokes the subject of a token, or takes that back; `undefined` for a token without a subject. */
export function revocationButton(token: string): HTMLButtonElement | undefined {
  const entry = subjectEntry(token);
  if (entry === undefined) return undefined;
  const control = button({ id: 'revoke' }, '', async () => {
    const isUndone = hasEntry(list, entry);
    announce(isUndone ? 'Accepting again…' : 'Revoking…');
    const answer = await ask({ action: 'revoke', list: toggleEntry(list, entry) });
    announce(answer ? (isUndone ? 'Accepted again' : 'Revoked') : '');
  });
  // Its label changes in place: the focus stays.
  showState = () => {
    control.textContent = hasEntry(list, entry) ? 'Accept this subject again' : 'Revoke this token’s subject';
  };
  showState();
  return control;
}
