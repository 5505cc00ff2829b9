/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // two cores are what a suite of this length is planned for; by itself jest would use one of them
  maxWorkers: 2,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // a second package.json or compiled copy under these must not shadow the sources
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/crashes/', '<rootDir>/coverage/'],
  watchPathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/crashes/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^shootdown$': '<rootDir>/src/api.ts',
    // sources import './x.js' as Node wants it; the file on disk is './x.ts'. '.js' is tried first so
    // that relative imports inside node_modules resolve as written.
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'],
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        configFile: false,
        sourceMaps: 'inline',
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      },
    ],
  },
};
