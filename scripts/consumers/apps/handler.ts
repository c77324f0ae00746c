import { type Caller, json, withCaller } from 'authaction-aws/handler';
import { claims, orders } from './routes.js';

const organizationOf = ({ claims: { org_id } }: Caller<typeof claims>): string => org_id;

export const handler = withCaller(
  orders,
  (caller) => {
    const roles: readonly string[] | undefined = caller.claims.roles;
    // @ts-expect-error this claim is not declared.
    const { email } = caller.claims;
    return json(200, { sub: caller.sub, organization: organizationOf(caller), roles, email });
  },
  { claims },
);
