/** Ends the run with a plain line, `N passed, N failed`, that any CI can read. */
export default class PlainSummaryReporter {
  onRunComplete(_contexts, results) {
    const broken = results.numRuntimeErrorTestSuites;
    process.stdout.write(
      `\n${results.numPassedTests} passed, ${results.numFailedTests + broken} failed` +
        `${results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : ''}\n`,
    );
  }
}
