import { BadInput } from '../base/errors.js';
import type { Primitive } from './primitive.js';
import type { Constant, Operation } from './step.js';

type Shape = Primitive['shape'];

/**
 * The names that listings are written and read with: primitives by their C name, constants, operations.
 *
 * Two primitives may stand for one C function; where shape and number of arguments do not tell them apart, a listing
 * writes the name that the kernel room exports in brackets: `__remove_mapping[remove_mapping_swap]`.
 */
export class Vocabulary {
  private readonly byKey = new Map<string, Map<string, Primitive>>();
  private readonly names = new Map<Primitive, string>();
  private readonly constants: ReadonlyMap<string, Constant>;
  private readonly operations: ReadonlyMap<string, Operation>;

  /** `primitives`: each with the name that it is exported by. */
  constructor(
    private readonly primitives: readonly (readonly [string, Primitive])[],
    constants: readonly Constant[],
    operations: readonly Operation[] = [],
  ) {
    for (const [exported, primitive] of primitives) this.add(exported, primitive);
    this.constants = new Map(constants.map((c) => [c.name, c]));
    this.operations = new Map(operations.map((o) => [o.name, o]));
  }

  /** The same names, and those of operations that may be called or edited. */
  withOperations(operations: readonly Operation[]): Vocabulary {
    return new Vocabulary(this.primitives, [...this.constants.values()], operations);
  }

  /** How a listing writes the primitive. */
  nameOf(primitive: Primitive): string {
    const rivals = this.byKey.get(keyOf(primitive.name, primitive.shape, primitive.params.length));
    const exported = this.names.get(primitive);
    if (exported === undefined || rivals === undefined || rivals.size < 2) return primitive.name;
    return `${primitive.name}[${exported}]`;
  }

  /** The primitive that `written` means in a listing; throws {@link BadInput} when there is none or more than one. */
  primitive(written: string, shape: Shape, args: number): Primitive {
    const [, name = written, exported] = /^([^[]+)\[([^\]]+)\]$/.exec(written) ?? [];
    const found = this.byKey.get(keyOf(name, shape, args));
    if (found === undefined)
      throw new BadInput(
        `There is no ${shape} ${name} with ${args} arguments; verbs are those of src/kernel.`,
      );
    if (exported === undefined && found.size === 1) return [...found.values()][0];
    const primitive = exported === undefined ? undefined : found.get(exported);
    if (primitive === undefined) {
      const choices = [...found.keys()].map((x) => `${name}[${x}]`).join(', ');
      throw new BadInput(`${written} does not say which verb is meant; expected one of ${choices}.`);
    }
    return primitive;
  }

  constant(name: string): Constant | undefined {
    return this.constants.get(name);
  }

  /** The operation of that name; throws {@link BadInput} when there is none. */
  operation(name: string): Operation {
    const found = this.operations.get(name);
    if (found === undefined) throw new BadInput(`${name} is no operation; see "list operations".`);
    return found;
  }

  private add(exported: string, primitive: Primitive): void {
    if (this.names.has(primitive)) return;
    this.names.set(primitive, exported);
    const key = keyOf(primitive.name, primitive.shape, primitive.params.length);
    const rivals = this.byKey.get(key) ?? new Map<string, Primitive>();
    rivals.set(exported, primitive);
    this.byKey.set(key, rivals);
  }
}

function keyOf(name: string, shape: Shape, args: number): string {
  return `${name} ${shape} ${args}`;
}
