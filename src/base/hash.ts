/**
 * 64 bits of hash over the first `length` words, as two unsigned 32-bit numbers in `into`.
 * Four multiply-rotate lanes as in xxHash32 (Y. Collet), folded twice with different constants.
 */
export function hashWords(words: Int32Array, length: number, into: Uint32Array): void {
  let a = 0x9e3779b1 | 0;
  let b = 0x85ebca77 | 0;
  for (let i = 0; i < length; i++) {
    const w = words[i];
    a = Math.imul(a ^ w, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + w, 0x27d4eb2f);
    b = (b << 17) | (b >>> 15);
  }
  a ^= a >>> 15;
  a = Math.imul(a, 0xc2b2ae3d | 0);
  a ^= a >>> 13;
  b ^= b >>> 16;
  b = Math.imul(b, 0x165667b1);
  b ^= b >>> 14;
  into[0] = a;
  into[1] = b;
}

/** The same 64 bits as 16 hex digits, for people and files. */
export function hashHex(words: Int32Array, length: number = words.length): string {
  const out = new Uint32Array(2);
  hashWords(words, length, out);
  return out[0].toString(16).padStart(8, '0') + out[1].toString(16).padStart(8, '0');
}

/** Hash of a text as 16 hex digits: names of buckets, hashes of models. */
export function hashText(text: string): string {
  const words = new Int32Array(text.length);
  for (let i = 0; i < text.length; i++) words[i] = text.charCodeAt(i);
  return hashHex(words);
}
