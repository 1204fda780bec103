import { ModelError } from '../core/index.js';

/** SHA-256 in hexadecimal, by the Web Crypto API that Node and browsers share. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new ModelError('models cannot be checked here: this page has no Web Crypto', {
      hint: 'Serve it over https, or from localhost.',
    });
  }
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
