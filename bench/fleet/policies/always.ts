import type { Policy, World } from '../policy';

/** A model of the simplest thing to do: whenever a key id is not known, ask. */
export function always({ ask }: World): Policy {
  let known: readonly string[] = [];
  return {
    async find(kid) {
      if (known.includes(kid)) return 'found';
      const kids = ask();
      if (!kids) return 'unavailable';
      known = kids;
      return kids.includes(kid) ? 'found' : 'refused';
    },
  };
}
