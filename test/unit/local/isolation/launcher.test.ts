import { variants, type LauncherOptions } from '../../../../local/isolation/launcher';
import { CHILD_LIMITS } from '../../../../local/isolation/limits';

const ALL = ['--disable-userns', '--size', '--seccomp'];

const options = (more: Partial<LauncherOptions> = {}, bwrapOptions = ALL): LauncherOptions => ({
  tools: {
    bwrap: '/usr/bin/bwrap',
    setpriv: '/usr/bin/setpriv',
    prlimit: '/usr/bin/prlimit',
    bwrapOptions: new Set(bwrapOptions),
  },
  root: false,
  network: 'none',
  readable: [],
  late: [],
  limits: CHILD_LIMITS,
  filter: '/state/filter',
  ...more,
});

const summary = (given: LauncherOptions) => variants(given).map(({ tier, gaps }) => [tier, gaps.length]);

describe('the ways to isolate, best first', () => {
  test('without bubblewrap are limits only, and say what is within reach', () => {
    const { tools } = options();

    expect(summary(options({ tools: { ...tools, bwrap: undefined } }))).toEqual([
      ['limits', 2],
      ['none', 1],
    ]);
  });

  test('for root begin with becoming a user that owns nothing', () => {
    const [first] = variants(options({ root: true }));

    expect(first?.argv).toEqual(expect.arrayContaining(['--reuid', '64999', '--no-new-privs', '--nproc=256']));
    expect(first?.gaps).toEqual([]);
  });

  test('name what an old bubblewrap cannot bound', () => {
    const [first] = variants(options({}, []));

    expect(first?.argv).not.toContain('--size');
    expect(first?.gaps).toEqual(['the size of scratch folders is not bounded']);
  });

  test('filter system calls, or else say that they do not', () => {
    const filtered = variants(options());
    expect(filtered[0]?.argv).toEqual(expect.arrayContaining(['/state/filter', '--seccomp']));
    expect(filtered[0]?.gaps).toEqual([]);
    const [first] = variants(options({ filter: undefined }));
    expect(first?.argv).not.toContain('--seccomp');
    expect(first?.gaps).toEqual([expect.stringContaining('system calls')]);
    // Where the kernel has no filters, the rest of the isolation is still there.
    expect(filtered.map(({ argv }) => argv)).toContainEqual(first?.argv);
  });

  test('share the network of this machine only where that is asked for', () => {
    expect(variants(options())[0]?.argv).toContain('--unshare-net');
    expect(variants(options({ network: 'public' }))[0]?.argv).not.toContain('--unshare-net');
  });
});
