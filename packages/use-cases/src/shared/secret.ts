import { createHash, randomBytes } from 'node:crypto';

const SECRET_LENGTH = 40;
// Enough to recognise a key in a list, far too little to guess the rest.
const SHOWN_LENGTH = 6;

/** Secret is shown once; what is kept of it is its hash and its first characters. */
export interface Secret {
  secret: string;
  secretHash: string;
  prefix: string;
}

/** createSecret makes a random secret (238 bits) that begins with `kind`. */
export function createSecret(kind: string): Secret {
  const secret = kind + randomText(SECRET_LENGTH);
  return { secret, secretHash: hashSecret(secret), prefix: secret.slice(0, kind.length + SHOWN_LENGTH) };
}

/** hashSecret is how a secret is kept; it is random, so one round of SHA-256 is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** randomText gives random letters and digits. */
export function randomText(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // Bytes above the last whole multiple of 62 would make some letters likelier than others.
      if (byte < 248 && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
