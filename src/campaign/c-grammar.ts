import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';
import type { CFunction } from '../patch/tree.js';

/** Loads the C grammar (WebAssembly, nothing is compiled): what finds the function definitions of a file. */
export async function loadCGrammar(): Promise<(text: string) => readonly CFunction[]> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const language = await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    const tree = parser.parse(withoutAnnotations(text));
    if (tree === null) return [];
    const found = functionsIn(tree.rootNode);
    tree.delete();
    return found;
  };
}

/** Words such as __init and noinline before a name at the top, which no grammar knows, as blanks of their length. */
function withoutAnnotations(text: string): string {
  return text.replace(/^[a-z].*$/gm, (line) =>
    line.replace(/\b(__[a-z]\w*|noinline\w*|asmlinkage)(?= )/g, (word) => ' '.repeat(word.length)),
  );
}

/** Definitions stand at the top, or inside what the preprocessor or an unknown macro put around them. */
function functionsIn(node: Node): readonly CFunction[] {
  return node.namedChildren.flatMap((child) => {
    if (child === null) return [];
    if (child.type !== 'function_definition')
      return /^(preproc_|linkage|declaration_list|ERROR)/.test(child.type) ? functionsIn(child) : [];
    const name = nameOf(child.childForFieldName('declarator'));
    if (name === undefined) return [];
    return [{ name, first: child.startPosition.row + 1, last: child.endPosition.row + 1 }];
  });
}

function nameOf(declarator: Node | null): string | undefined {
  if (declarator === null) return undefined;
  if (declarator.type === 'identifier') return declarator.text;
  return nameOf(declarator.childForFieldName('declarator'));
}
