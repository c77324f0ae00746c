import { randomBytes, randomInt } from 'node:crypto';
import { requestEvent } from '../../../../samples/events';
import { jwks, signingKey } from '../../../../samples/keys';
import { AUDIENCE, encodePart, goodClaims } from '../../../../samples/tokens';
import { json } from '../../../support/https-server';
import { scene } from '../../../support/scene';

const key = signingKey('key-1');
const text = (bytes: number) => randomBytes(bytes).toString('base64url');

/** A token that no key signed. A third of them get as far as the keys, and half of those as far as the signature. */
function forgery(issuer: string, index: number): unknown {
  const iss = index % 3 === 0 ? issuer : `https://${text(12)}.example`;
  const kid = index % 6 === 0 ? key.kid : text(randomInt(8, 200));
  const padding = text(randomInt(0, 4_000));
  const header = encodePart({ alg: 'RS256', kid });
  const claims = encodePart(goodClaims({ iss, sub: text(24), aud: AUDIENCE, padding }));
  const token = `${header}.${claims}.${encodePart(randomBytes(256))}`;
  return requestEvent({ authorization: `Bearer ${token}`, sourceIp: `198.51.${randomInt(256)}.${randomInt(256)}` });
}

test('three thousand forged tokens leave less than 1.2 MB behind', async () => {
  await scene({ script: json(jwks(key)), execArgv: ['--expose-gc'] }, async ({ authorizer, server, call, fetches }) => {
    const issuer = `https://${server.host}`;
    const forge = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const { error } = await authorizer.invoke(forgery(issuer, index));
        expect(error?.errorMessage).toBe('Unauthorized');
      }
    };
    await forge(500); // code is compiled and buffers reach their size
    const before = await authorizer.memory();
    await forge(3_000);
    const after = await authorizer.memory();
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_200_000);
    expect(await call(key)).toBe('allowed');
    expect(fetches()).toBeLessThan(100); // for unknown kids and for bad signatures
  });
}, 600_000); // beside busy processes it takes minutes
