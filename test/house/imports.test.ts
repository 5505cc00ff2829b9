import { expect, test } from '@jest/globals';

import { find_cycle, imports_of, read_tree, type Tree } from './tree.js';

/** A room may import from its own layer and from those above it in this list. */
const layers = [
  ['base'],
  ['program'],
  ['machine'],
  ['kernel', 'schedule', 'oracle', 'scenario'],
  ['run', 'report'],
  ['search', 'explore', 'litmus', 'shrink', 'patch'],
  ['campaign'],
  ['cli'],
];
const rank = new Map(layers.flatMap((rooms, at) => rooms.map((room) => [room, at] as const)));

const register = 'models/models.ts';
const may_import_models = ['cli', 'campaign', 'api', 'test'];
const models_may_import = ['program', 'kernel', 'models'];

/** 'src/run/step.ts' is in 'run', 'src/api.ts' is 'api', 'models/a.ts' is in 'models'. */
function room_of(path: string): string {
  const [top, next] = path.split('/') as [string, string | undefined];
  return top === 'src' ? (next ?? '').replace(/\.ts$/, '') : top;
}

function complaint(from: string, to: string, target: string): string | undefined {
  if (from === 'test') return to === 'models' && target !== register ? `go through ${register}` : undefined;
  if (to === 'test') return 'sources do not import tests';
  if (from === 'models') {
    if (models_may_import.includes(to)) return undefined;
    return 'models import only src/program, src/kernel and each other';
  }
  if (to === 'models') {
    if (!may_import_models.includes(from)) return `only src/cli, src/campaign and src/api.ts import models`;
    return target === register ? undefined : `go through ${register}`;
  }
  if (from === 'api') return undefined;
  if (to === 'api') return 'src/api.ts is for users; import the room itself';
  const above = rank.get(from);
  const below = rank.get(to);
  if (above === undefined || below === undefined) return undefined; // reported as no room
  return below > above ? `${to} lies above ${from}` : undefined;
}

function offenders(tree: Tree): string[] {
  const found: string[] = [];
  const file_edges = new Map<string, Set<string>>();
  const room_edges = new Map<string, Set<string>>();
  const join = (edges: Map<string, Set<string>>, from: string, to: string): void => {
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  };
  for (const [path, text] of tree) {
    const from = room_of(path);
    if (path.startsWith('src/') && path !== 'src/api.ts' && !rank.has(from)) {
      found.push(`${path}: src/${from} is not a room; rooms are ${[...rank.keys()].join(', ')}`);
    }
    for (const { line, specifier, target } of imports_of(path, text)) {
      const at = `${path}:${line}: '${specifier}'`;
      if (target === undefined) {
        if (from === 'models') found.push(`${at}: models import no packages`);
        if (path.startsWith('src/') && /^shootdown(\/(?!package\.json$)|$)/.test(specifier)) {
          found.push(`${at}: 'shootdown' is for users; import the room itself`);
        }
        continue;
      }
      if (!/^(src|models|test)\//.test(target)) continue;
      const to = room_of(target);
      const why = complaint(from, to, target);
      if (why !== undefined) found.push(`${at}: ${why}`);
      join(file_edges, path, target);
      if (from !== to && from !== 'test' && from !== 'api' && from !== 'models') join(room_edges, from, to);
    }
  }
  for (const edges of [file_edges, room_edges]) {
    const cycle = find_cycle(edges);
    if (cycle) found.push(`cycle: ${cycle.join(' -> ')}`);
  }
  return found;
}

test('imports point one way and form no cycle', () => {
  expect(offenders(read_tree('src', 'models', 'test'))).toEqual([]);
});

const wrong: [string, Record<string, string>, string][] = [
  [
    'upward',
    { 'src/base/a.ts': `\nimport { b } from '../run/b.js';` },
    `src/base/a.ts:2: '../run/b.js': run lies above base`,
  ],
  ['type only', { 'src/base/a.ts': `import type { B } from '../cli/b.js';` }, 'cli lies above base'],
  ['re-export', { 'src/kernel/a.ts': `export * from '../search/b.js';` }, 'search lies above kernel'],
  ['dynamic', { 'src/run/a.ts': `void import('../campaign/b.js');` }, 'campaign lies above run'],
  ['type query', { 'src/run/a.ts': `type B = import('../campaign/b.js').B;` }, 'campaign lies above run'],
  [
    'file cycle',
    { 'src/run/a.ts': `import './b.js';`, 'src/run/b.ts': `import './a.js';` },
    'cycle: src/run/a.ts -> src/run/b.ts -> src/run/a.ts',
  ],
  [
    'room cycle',
    { 'src/run/a.ts': `import '../report/b.js';`, 'src/report/c.ts': `import '../run/d.js';` },
    'cycle: run -> report -> run',
  ],
  ['no room', { 'src/lib/a.ts': '' }, 'src/lib is not a room'],
  ['stray file', { 'src/a.ts': '' }, 'src/a is not a room'],
  ['model to machine', { 'models/a.ts': `import '../src/machine/b.js';` }, 'models import only'],
  ['model to package', { 'models/a.ts': `import 'zod';` }, 'models import no packages'],
  ['run to model', { 'src/run/a.ts': `import '../../models/models.js';` }, 'import models'],
  ['past the register', { 'src/cli/a.ts': `import '../../models/b.js';` }, 'go through models/models.ts'],
  ['test past the register', { 'test/a.test.ts': `import '../models/b.js';` }, 'go through models/models.ts'],
  ['source to test', { 'src/run/a.ts': `import '../../test/b.js';` }, 'sources do not import tests'],
  ['room to api', { 'src/cli/a.ts': `import '../api.js';` }, 'src/api.ts is for users'],
  ['room to itself by name', { 'src/cli/a.ts': `import 'shootdown';` }, 'is for users'],
];

test.each(wrong)('reports %s', (_name, files, expected) => {
  const found = offenders(new Map(Object.entries(files)));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test('accepts what the order allows', () => {
  const tree = {
    'src/api.ts': `export * from './program/a.js'; export * from '../models/models.js';`,
    'src/base/a.ts': `// import '../cli/main.js'\nexport const text = "import '../cli/main.js'";`,
    'src/kernel/a.ts': `import '../base/a.js'; import '../schedule/a.js';`,
    'src/campaign/a.ts': `import '../../models/models.js'; import 'piscina';`,
    'src/cli/main.ts': `import '../campaign/a.js'; require('shootdown/package.json');`,
    'models/models.ts': `import './b.js';`,
    'models/b.ts': `import '../src/program/a.js'; import '../src/kernel/a.js';`,
    'test/a.test.ts': `import '../models/models.js'; import '../src/api.js';`,
  };
  expect(offenders(new Map(Object.entries(tree)))).toEqual([]);
  expect(offenders(new Map())).toEqual([]);
});
