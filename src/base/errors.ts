/**
 * What the user gave cannot be used: one sentence that says what is wrong, where, and what was expected.
 * Exit code 2. Nothing has been written when it is thrown.
 */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
