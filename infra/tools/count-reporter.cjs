// Prints what `test.mjs` adds up over the kinds of tests: a line "jest-count PASSED FAILED".
module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    process.stdout.write(`jest-count ${results.numPassedTests} ${results.numFailedTests + results.numRuntimeErrorTestSuites}\n`);
  }
};
