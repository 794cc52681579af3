const { writeFileSync } = require('node:fs');

/**
 * Counts what came out of a test run in one line: `N passed, N failed, N skipped`. A file that could not even be loaded
 * counts as one failure. Started by `npm test`, the line goes into the file NARAE_TEST_SUMMARY, from where it is printed
 * after jest has ended; otherwise it is printed here.
 */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
    const file = process.env.NARAE_TEST_SUMMARY;
    if (file) writeFileSync(file, line);
    else process.stdout.write(`${line}\n`);
  }
}

module.exports = SummaryReporter;
