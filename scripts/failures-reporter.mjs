import { writeFileSync } from 'node:fs';

/**
 * Writes down every failure of a run of vitest with its reason, those of hooks and imports too, which vitest's own JSON leaves
 * out: a list of `{ title, reason }` in the file that FAILURES_FILE names.
 */
export default class FailuresReporter {
  onTestRunEnd(modules, strayErrors) {
    const failures = [...modules].flatMap(failuresOf);
    failures.push(...strayErrors.map((error) => failure('outside of the tests', [error])));
    writeFileSync(process.env.FAILURES_FILE, JSON.stringify(failures));
  }
}

function failuresOf(module) {
  const tests = [...module.children.allTests()].map((test) => [test.fullName, test.result().errors ?? []]);
  const suites = [...module.children.allSuites()].map((suite) => [suite.fullName, suite.errors()]);
  const all = [[module.relativeModuleId, module.errors()], ...suites, ...tests];
  return all.flatMap(([title, errors]) => (errors.length > 0 ? [failure(title, errors)] : []));
}

function failure(title, errors) {
  return { title, reason: errors.map(reasonOf).join('\n') };
}

/** What differs is often cut short in the message. */
function reasonOf({ message, stack, diff }) {
  return [stack ?? message, diff].filter((part) => part !== undefined).join('\n');
}
