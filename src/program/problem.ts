/** Something that a static check has against an operation. */
export interface Problem {
  /** The operation in whose text it stands. */
  readonly operation: string;
  /** The step, as paths name it, with the calls around it: `munmap:5 unmap_vmas:1 down_read`. */
  readonly path: string;
  /** One sentence. */
  readonly text: string;
}

export function problemText(p: Problem): string {
  return `${p.path}: ${p.text}`;
}
