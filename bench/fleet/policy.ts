import type { VerificationKey } from '../../lambdas/authorizer/keys/key-set';
import type { VirtualTime } from './virtual-time';

/** The result of a look-up: a key, none (401), or the keys are unavailable (503). */
export type Outcome = 'found' | 'refused' | 'unavailable';

/** How one container looks keys up. */
export interface Policy {
  /** What the container does during init. */
  init?(): Promise<void>;
  find(kid: string, address: string): Promise<Outcome>;
  /** What it does about a token that the key under its kid did not sign. Nothing, where it is missing. */
  refuseSignature?(kid: string, address: string): Promise<void>;
}

/** What a container can do. */
export interface World {
  readonly time: VirtualTime;
  readonly random: () => number;
  /** One request to the provider: the key ids it publishes now, or `undefined` while it is down. */
  readonly ask: () => readonly string[] | undefined;
}

/** The public half of a real RSA key: one stands for all, since no signature is checked here. */
export interface PublicKey {
  readonly verificationKey: VerificationKey;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** Where the provider would be; nothing is sent there. */
export const URI = 'https://tenant.example.test/.well-known/jwks.json';

export type MakePolicy = (world: World, publicKey: PublicKey) => Policy;
