import { verify as verifySignature } from 'node:crypto';
import { judgeKey, type VerificationKey } from '../../../../lambdas/authorizer/keys/key-set';
import { parseJwt } from '../../../../lambdas/authorizer/token/form';
import { createVerify } from '../../../../lambdas/authorizer/token/signature';

/** RFC 7515 A.2: a JWT signed with RS256. */
const rfc7515 = {
  jwk: {
    kty: 'RSA',
    n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    e: 'AQAB',
  },
  token:
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
};

/** RFC 7520 3.3 and 4.1: a JWS with RS256 whose payload is text. */
const rfc7520 = {
  jwk: {
    kty: 'RSA',
    kid: 'bilbo.baggins@hobbiton.example',
    use: 'sig',
    n: 'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw',
    e: 'AQAB',
  },
  signingInput:
    'eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4',
  signature:
    'MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg',
};

function usable(jwk: object): VerificationKey {
  const verdict = judgeKey(jwk);
  if (!verdict.usable) throw new Error(verdict.problem);
  return verdict.key;
}

describe('RFC 7515 A.2', () => {
  const verify = createVerify({ issuers: ['joe'], audiences: ['api'] });
  const key = () => usable({ ...rfc7515.jwk, kid: 'a2' });
  const [header = '', claims = '', signature = ''] = rfc7515.token.split('.');

  test('is parsed into the header and the claims the RFC shows', () => {
    expect(parseJwt(rfc7515.token)).toEqual({
      ok: true,
      value: {
        unverifiedHeader: { alg: 'RS256' },
        unverifiedClaims: { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true },
      },
    });
  });

  test('has a valid signature: it is refused only as expired', () => {
    expect(verify(rfc7515.token, [key()])).toBe('expired');
  });

  test('has a bad signature after a change of any part', () => {
    const changed = Buffer.from(signature, 'base64url');
    changed[17] = (changed[17] ?? 0) ^ 1;
    expect(verify(`${header}.${claims}.${changed.toString('base64url')}`, [key()])).toBe('bad_signature');
    const later = Buffer.from('{"iss":"joe","exp":4102444800}').toString('base64url');
    expect(verify(`${header}.${later}.${signature}`, [key()])).toBe('bad_signature');
    const typed = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');
    expect(verify(`${typed}.${claims}.${signature}`, [key()])).toBe('bad_signature');
  });

  test("has a bad signature under the other RFC's key", () => {
    expect(verify(rfc7515.token, [usable(rfc7520.jwk)])).toBe('bad_signature');
  });
});

describe('RFC 7520 4.1', () => {
  const { signingInput, signature } = rfc7520;
  test('has a valid signature under the key object made from the published key', () => {
    const { keyObject, jwk } = usable(rfc7520.jwk);
    expect(jwk.kid).toBe('bilbo.baggins@hobbiton.example');
    const bytes = Buffer.from(signature, 'base64url');
    expect(verifySignature('sha256', Buffer.from(signingInput), keyObject, bytes)).toBe(true);
    expect(verifySignature('sha256', Buffer.from(`${signingInput}x`), keyObject, bytes)).toBe(false);
  });

  test('is not a JWT: its payload is not a JSON object', () => {
    expect(parseJwt(`${signingInput}.${signature}`)).toEqual({ ok: false, reason: 'malformed_token' });
  });
});
