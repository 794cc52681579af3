const { existsSync, readFileSync, writeFileSync } = require('node:fs');

/**
 * Counts what came out of a test run in one line: `N passed, N failed, N skipped`. A file that could not even be loaded
 * counts as one failure. Started by `npm test`, the line goes into the file NARAE_TEST_SUMMARY, from where it is printed
 * after jest has ended, added to what runs before this one left there; otherwise it is printed here.
 */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const file = process.env.NARAE_TEST_SUMMARY;
    const before = file && existsSync(file) ? readFileSync(file, 'utf8').match(/\d+/g).map(Number) : [0, 0, 0];
    const [passed, lost, left] = [results.numPassedTests, failed, skipped].map((count, i) => count + before[i]);
    const line = `${passed} passed, ${lost} failed, ${left} skipped`;
    if (file) writeFileSync(file, line);
    else process.stdout.write(`${line}\n`);
  }
}

module.exports = SummaryReporter;
