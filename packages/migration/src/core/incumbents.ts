/** A process as /proc tells of it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The kernel's short name. */
  readonly name: string;
  /** Path of the program; undefined where it cannot be read. */
  readonly program: string | undefined;
  readonly words: readonly string[];
  /** Start time in clock ticks since the boot: with the pid it names a process for ever. */
  readonly startTicks: number;
  readonly isStopped: boolean;
}

/** Products that Piranha can take a service over from. */
export type IncumbentKind = 'keepalived' | 'ldirectord' | 'piranha';

/** What serves now, and its processes. */
export interface Incumbent {
  readonly kind: IncumbentKind;
  readonly processes: readonly RunningProcess[];
}

const ORIGINAL_DAEMONS = new Set(['pulse', 'lvsd', 'lvs', 'nanny', 'send_arp']);
const CLUSTER_MANAGERS = new Set(['heartbeat', 'pacemakerd', 'corosync']);
/** A script's own name stands behind its interpreter and that one's options. */
const SCRIPT_WORDS = 4;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** File name of a program; a program that was replaced on disk by an update is the same program. */
function programName({ program }: RunningProcess): string {
  return baseName((program ?? '').replace(/ \(deleted\)$/, ''));
}

function isScript({ name, words }: RunningProcess, script: string): boolean {
  return name === script || words.slice(0, SCRIPT_WORDS).some((word) => baseName(word) === script);
}

function kindOf(running: RunningProcess): IncumbentKind | undefined {
  const program = programName(running);
  if (program === 'keepalived') return 'keepalived';
  if (program.startsWith('perl') && isScript(running, 'ldirectord')) return 'ldirectord';
  // Ours are run by Node and only carry these names.
  return ORIGINAL_DAEMONS.has(program) ? 'piranha' : undefined;
}

/** The products among these processes, each with what runs of it. */
export function findIncumbents(processes: readonly RunningProcess[]): readonly Incumbent[] {
  const found = new Map<IncumbentKind, RunningProcess[]>();
  for (const running of processes) {
    const kind = kindOf(running);
    if (kind !== undefined) found.set(kind, [...(found.get(kind) ?? []), running]);
  }
  return [...found].map(([kind, members]) => ({ kind, processes: members }));
}

/** Cluster managers among these processes: they may hold the addresses, and start again what was stopped. */
export function findClusterManagers(processes: readonly RunningProcess[]): readonly RunningProcess[] {
  return processes.filter((running) => CLUSTER_MANAGERS.has(programName(running)));
}

/** Whether one of these processes, or one that it started, is changing the table by ipvsadm just now. */
export function isChangingTable(incumbent: Incumbent, processes: readonly RunningProcess[]): boolean {
  const family = new Set(incumbent.processes.map(({ pid }) => pid));
  for (let grown = true; grown; ) {
    const children = processes.filter(({ pid, parentPid }) => family.has(parentPid) && !family.has(pid));
    for (const { pid } of children) family.add(pid);
    grown = children.length > 0;
  }
  return processes.some((running) => family.has(running.pid) && programName(running) === 'ipvsadm');
}
