/**
 * System calls that user code has no business with: memory that belongs to no process and so is counted for none, notes
 * that outlive a run in the kernel, other processes' memory, and what only an administrator uses. Numbers as on x64 and on
 * arm64 (the kernel's asm/unistd_64.h and asm-generic/unistd.h).
 */
const REFUSED = {
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  msgget: [68, 186],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  userfaultfd: [323, 282],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  io_uring_setup: [425, 425],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  move_mount: [429, 429],
  fsopen: [430, 430],
  open_tree: [428, 428],
  unshare: [272, 97],
  setns: [308, 268],
  open_by_handle_at: [304, 265],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  swapon: [167, 224],
  reboot: [169, 142],
  fanotify_init: [300, 262],
  quotactl: [179, 60],
  acct: [163, 89],
} as const;

/** What the kernel calls the machine (linux/audit.h), and which of the two numbers is its. */
const MACHINES: Readonly<Record<string, { readonly auditArch: number; readonly column: 0 | 1 }>> = {
  x64: { auditArch: 0xc000003e, column: 0 },
  arm64: { auditArch: 0xc00000b7, column: 1 },
};

/** From here on x64 takes numbers for another way to call the same (x32), which nobody uses. */
const X32_BIT = 0x40000000;

/** Of a filter in the kernel's classic BPF (linux/bpf_common.h, linux/seccomp.h): what an instruction does. */
const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const RETURN = 0x06;
/** Offsets in what a filter is given. */
const CALL_NUMBER = 0;
const CALL_MACHINE = 4;
const ALLOW = 0x7fff0000;
/** The call is not made and fails with EPERM: most programs know how to go on. */
const REFUSE = 0x00050000 | 1;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * The filter as bubblewrap's `--seccomp` reads it.
 * @returns undefined for machines whose numbers are not known here
 */
export function systemCallFilter(architecture: string): Buffer | undefined {
  const machine = MACHINES[architecture];
  if (machine === undefined) return undefined;
  const numbers = [...Object.values(REFUSED).map((columns) => columns[machine.column])];
  const last = numbers.length;
  const instructions: Instruction[] = [
    [LOAD, 0, 0, CALL_MACHINE],
    // To the refusal, which is behind all comparisons and the permission: other machines' numbers mean other calls.
    [JUMP_IF_EQUAL, 0, last + 3, machine.auditArch],
    [LOAD, 0, 0, CALL_NUMBER],
    [JUMP_IF_AT_LEAST, last + 1, 0, X32_BIT],
    ...numbers.map((number, index): Instruction => [JUMP_IF_EQUAL, last - index, 0, number]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, REFUSE],
  ];
  return Buffer.concat(instructions.map(encode));
}

function encode([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
