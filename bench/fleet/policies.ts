import { always } from './policies/always';
import { coolDown } from './policies/cool-down';
import { limiter } from './policies/limiter';
import { ours } from './policies/ours';
import { penaltyBox } from './policies/penalty-box';
import type { MakePolicy } from './policy';

/** Each policy with what runs it: the library's own code, or a model of it. */
export const policies = {
  ours: { title: 'this project', make: ours },
  'penalty-box': { title: 'aws-jwt-verify: penalty box', make: penaltyBox },
  'cool-down': { title: 'jose: cool-down', make: coolDown },
  limiter: { title: 'jwks-rsa: 10 a minute (model)', make: limiter },
  always: { title: 'refetch always (model)', make: always },
} as const satisfies Record<string, { title: string; make: MakePolicy }>;

export type PolicyName = keyof typeof policies;
export const policyNames = Object.keys(policies) as PolicyName[];
