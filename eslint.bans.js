// What the deterministic rooms may not touch, and what to use instead. A run must be a function of its
// inputs alone: the same program, schedule and seed give the same verdict on any machine.

const rooms =
  'base,program,machine,kernel,scenario,schedule,oracle,run,search,explore,litmus,shrink,patch,report';

export const pure_files = [`src/{${rooms}}/**/*.ts`, 'models/**/*.ts'];

const clock = 'use the step count or logical time the caller passes in; src/campaign owns the wall clock';
const timer = 'return to the caller, which decides when to go on; src/campaign owns timers';
const later = 'write it synchronously; only src/campaign and src/cli wait for anything';
const random = 'draw from the seeded generator the caller passes in (seedrandom with a seed)';
const output = 'return a value; src/report turns it into text and src/cli prints it';
const environment = 'take it as an argument; src/cli reads the environment';
const files = 'take the contents as an argument; src/campaign and src/cli read and write files';
const spawn = 'return the work to do; src/campaign starts workers and processes';

const globals = {
  Date: clock,
  performance: clock,
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  clearTimeout: timer,
  clearInterval: timer,
  clearImmediate: timer,
  queueMicrotask: later,
  Promise: later,
  crypto: random,
  console: output,
  process: environment,
  globalThis: 'name the value itself, so that the bans on globals can see it',
  fetch: files,
};

const imports = [
  ['fs', files],
  ['timers', timer],
  ['process', environment],
  ['os', environment],
  ['console', output],
  ['readline', output],
  ['perf_hooks', clock],
  ['child_process|cluster|worker_threads', spawn],
  ['net|http|https|http2|dgram|dns|tls', files],
].map(([names, message]) => ({ regex: `^(node:)?(${names})(/.*)?$`, message }));

const packages = [
  ['piscina', spawn],
  ['write-file-atomic|jiti', files],
  ['commander|log-update|picocolors', output],
].map(([names, message]) => ({ regex: `^(${names})(/.*)?$`, message }));

export const ban_rules = {
  'no-restricted-globals': [
    'error',
    ...Object.entries(globals).map(([name, message]) => ({ name, message })),
  ],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: random }],
  'no-restricted-imports': ['error', { patterns: [...imports, ...packages] }],
  'no-restricted-syntax': [
    'error',
    { selector: ':function[async=true]', message: later },
    { selector: 'AwaitExpression', message: later },
    { selector: 'ForOfStatement[await=true]', message: later },
    { selector: 'ImportExpression', message: `dynamic import gives a promise: ${later}` },
    { selector: "CallExpression[callee.name='seedrandom'][arguments.length=0]", message: random },
    // const { random } = Math
    {
      selector: "VariableDeclarator[init.name='Math'] > ObjectPattern Property[key.name='random']",
      message: random,
    },
    {
      selector:
        'ImportDeclaration[source.value=/^(node:)?crypto$/] ImportSpecifier[imported.name=/^random|^getRandom|^webcrypto$/]',
      message: random,
    },
    {
      selector: 'MemberExpression[property.name=/^(randomBytes|randomInt|randomUUID|getRandomValues)$/]',
      message: random,
    },
  ],
};
