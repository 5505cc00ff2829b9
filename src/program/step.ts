import type { Primitive } from './primitive.js';

/** A local of an operation, or one of the values it takes. One word of the thread's register window. */
export interface Register {
  readonly kind: 'register';
  readonly name: string;
}

/** A number with the name that the kernel gives it; flags print as `WRITE|DIRTY`. */
export interface Constant {
  readonly kind: 'constant';
  readonly name: string;
  readonly value: number;
}

/** A pure value made of other values, as in `set_pte_at(addr, mk_pte(page, WRITE))`. */
export interface Computed {
  readonly kind: 'computed';
  readonly primitive: Primitive;
  readonly args: readonly Arg[];
}

export type Arg = Register | Constant | Computed;

/** Where the kernel could notify: the name of the slot, inside the site of the step. */
export type SlotName = string;

export interface Do {
  readonly kind: 'do';
  readonly primitive: Primitive;
  readonly args: readonly Arg[];
  /** Name inside an expansion: the `.flush` of `ptep_clear_flush.flush`. */
  readonly part?: string;
  /** This step is a notification that models place or leave out. */
  readonly slot?: SlotName;
  /** A slot that is named but does not notify in the kernel that the operation was read from. */
  readonly muted?: boolean;
}

/** A verb of the C that does several things: printed as one call, run as its parts. */
export interface Expand {
  readonly kind: 'expand';
  readonly name: string;
  readonly args: readonly Arg[];
  readonly parts: readonly Part[];
}

/** A step of an expanded verb; where the C calls on (a notifier chain), the operation that it calls. */
export type Part = Do | Call;

export interface Condition {
  readonly primitive: Primitive;
  readonly args: readonly Arg[];
  readonly negated: boolean;
}

export interface When {
  readonly kind: 'when';
  readonly condition: Condition;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[];
}

/** Runs `body` while the condition holds; the conditions used are cursors, so it is bounded. */
export interface Each {
  readonly kind: 'each';
  readonly condition: Condition;
  readonly body: readonly Step[];
}

export interface Label {
  readonly kind: 'label';
  readonly name: string;
}

export interface GoTo {
  readonly kind: 'goto';
  readonly label: string;
}

/** A branch that reviewers speak of by name: `try_to_unmap_one/migration` is a site. */
export interface Branch {
  readonly kind: 'branch';
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Steps whose C stands in another function than the operation is named after (a static helper, a macro). */
export interface Inside {
  readonly kind: 'inside';
  readonly cFunction: string;
  readonly file?: string;
  readonly steps: readonly Step[];
}

/** Another operation, laid out in place. */
export interface Call {
  readonly kind: 'call';
  readonly operation: Operation;
  readonly args: Readonly<Record<string, Arg>>;
  /** As in {@link Do}. */
  readonly part?: string;
}

export type Step = Do | Expand | When | Each | Label | GoTo | Branch | Inside | Call;

/**
 * One C function of the kernel as data.
 *
 * `name` is the function, `from` its file, `version` the kernel it was read from. `takes` are its arguments, `gives`
 * what it writes for its caller, `locals` its registers. An operation that a case can call (a system call, a kernel
 * thread's turn, an access) takes plain numbers; the others are called by operations.
 */
export interface Operation {
  readonly name: string;
  readonly from: string;
  readonly version: string;
  readonly takes: readonly Register[];
  readonly gives: readonly Register[];
  readonly locals: readonly Register[];
  readonly steps: readonly Step[];
}
