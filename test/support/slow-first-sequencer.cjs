const path = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Files that take longest, longest first: begun late, one of them would keep the run waiting when all others have ended.
 * Most of them wait more than they work, so that files that work run beside them. Jest knows by itself how long a file
 * took, but not in a fresh clone.
 */
const SLOW = [
  'faults/system-kills',
  'faults/whole-system',
  'acceptance-auth/tickets',
  'security/node',
  'security/python',
  'acceptance/jobs/run',
  'acceptance/callbacks/libraries',
  'acceptance/functions/rules',
  'faults/emulator-kills',
  'unit/local/system/lifecycle',
  'acceptance/callbacks/outcome',
  'unit/installer/installers',
  'faults/small-quotas',
  'unit/jobs/races',
  'acceptance/functions/invoke',
  'unit/toolchain/componentize',
  'acceptance/callbacks/calling',
  'browser/demo-page',
  'stacks/upgrade',
  'acceptance/functions/long-runs',
  'acceptance/functions/large-lists',
  'acceptance/stream',
  'acceptance/results',
  'unit/sandbox/processes',
  'stacks/bundle',
].map((name) => path.join(__dirname, '..', `${name}.test.ts`));

class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    const place = (test) => {
      const index = SLOW.indexOf(test.path);
      return index < 0 ? SLOW.length : index;
    };
    // Sorting keeps the order of equals: jest's own.
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
}

module.exports = SlowFirstSequencer;
