// Three kinds of tests, three projects: `unit` needs nothing, `int` starts the real server it talks to,
// `e2e` drives the whole product. `node infra/tools/jest.mjs --selectProjects unit` runs one kind.
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  // Sources, not dist: a test run needs no build.
  testEnvironmentOptions: { customExportConditions: ['@jeroboam/source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/'],
};
const rooms = '<rootDir>/{apps,libs,drivers}/*/{src,versions}';

export default {
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: [`${rooms}/**/*.spec.ts`], testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '/node_modules/'] },
    { ...shared, displayName: 'int', testMatch: [`${rooms}/**/*.int.spec.ts`] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.spec.ts'] },
  ],
};
