/** A function definition in a C file: its name, and its first and last line, 1-based. */
export interface CFunction {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** A kernel source tree, as far as patches are placed by it. */
export interface SourceTree {
  /** The text of a file, undefined if there is none. */
  read(path: string): string | undefined;
  /** The function definitions of a C file, in their order. */
  functions(text: string): readonly CFunction[];
}
