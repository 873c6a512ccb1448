/** The schedulers of IPVS that work on connections alone, as the kernel's modules choose. */

/** What a scheduler looks at. */
export interface Candidate {
  readonly weight: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  /** Over its upper threshold: no new connections. */
  readonly isOverloaded: boolean;
}

/** What a scheduler keeps from one choice to the next; a change of the server list starts it afresh. */
export interface SchedulerMemory {
  /** Index of the server chosen last; -1 before the first. */
  readonly index: number;
  /** wrr: the weight that a server must have in this round. */
  readonly roundWeight: number;
}

interface Choice {
  /** Index into the candidates; -1 when none can take a connection. */
  readonly index: number;
  readonly memory: SchedulerMemory;
}

interface SchedulingInput {
  readonly candidates: readonly Candidate[];
  readonly memory: SchedulerMemory;
  /** Client address as an unsigned number, and its port; only `sh` looks at them. */
  readonly clientAddress: number;
  readonly clientPort: number;
  readonly flags: readonly string[];
}

export type Scheduler = (input: SchedulingInput) => Choice;

export const FRESH_MEMORY: SchedulerMemory = { index: -1, roundWeight: 0 };

function isAvailable(candidate: Candidate): boolean {
  return candidate.weight > 0 && !candidate.isOverloaded;
}

/** rr: the next server after the last one, weights only as on or off. */
function roundRobin({ candidates, memory }: SchedulingInput): Choice {
  for (let step = 1; step <= candidates.length; step += 1) {
    const index = (memory.index + step) % candidates.length;
    const candidate = candidates[index];
    if (candidate && isAvailable(candidate)) return { index, memory: { index, roundWeight: 0 } };
  }
  return { index: -1, memory };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** wrr: rounds with a falling weight mark, from the largest weight down by the weights' common divisor. */
function weightedRoundRobin({ candidates, memory }: SchedulingInput): Choice {
  let divisor = 0;
  let largest = 0;
  for (const candidate of candidates) {
    if (!isAvailable(candidate)) continue;
    divisor = greatestCommonDivisor(candidate.weight, divisor);
    largest = Math.max(largest, candidate.weight);
  }
  if (largest === 0) return { index: -1, memory };
  let { index } = memory;
  let roundWeight = Math.min(memory.roundWeight, largest);
  for (;;) {
    index += 1;
    if (index >= candidates.length || index === 0) {
      index = 0;
      roundWeight -= divisor;
      if (roundWeight <= 0) roundWeight = largest;
    }
    const candidate = candidates[index];
    if (candidate && isAvailable(candidate) && candidate.weight >= roundWeight) {
      return { index, memory: { index, roundWeight } };
    }
  }
}

/** The kernel's load of a server: an active connection counts 256 times an inactive one. */
function overhead(candidate: Candidate): number {
  return candidate.activeConnections * 256 + candidate.inactiveConnections;
}

function leastBy(input: SchedulingInput, load: (candidate: Candidate) => number): Choice {
  let best = -1;
  let bestLoad = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of input.candidates.entries()) {
    if (!isAvailable(candidate)) continue;
    const candidateLoad = load(candidate);
    if (candidateLoad < bestLoad) {
      best = index;
      bestLoad = candidateLoad;
    }
  }
  return { index: best, memory: input.memory };
}

const HASH_BUCKETS = 256;

/** Multiplicative hash by the golden ratio's 32-bit prime, as the kernel spreads addresses over 256 buckets. */
function addressBucket(address: number, port: number, offset: number): number {
  const product = Math.imul((address + port) >>> 0, 2_654_435_761) >>> 0;
  return (offset + product) % HASH_BUCKETS;
}

/** The server that owns a bucket: each in turn owns as many buckets in a row as its weight, at least one. */
function bucketOwner(candidates: readonly Candidate[], bucket: number): number {
  let total = 0;
  for (const candidate of candidates) total += Math.max(1, candidate.weight);
  let rest = bucket % total;
  for (const [index, candidate] of candidates.entries()) {
    rest -= Math.max(1, candidate.weight);
    if (rest < 0) return index;
  }
  return -1;
}

/** sh: by the client's address; a server that takes none gives none, unless the flag sh-fallback asks on. */
function sourceHash(input: SchedulingInput): Choice {
  const { candidates, memory, clientAddress, flags } = input;
  const port = flags.includes('sh-port') ? input.clientPort : 0;
  const owned = candidates.length === 0 ? -1 : bucketOwner(candidates, addressBucket(clientAddress, port, 0));
  const candidate = candidates[owned];
  if (candidate && isAvailable(candidate)) return { index: owned, memory };
  if (!candidate || !flags.includes('sh-fallback')) return { index: -1, memory };
  for (let offset = 1; offset < HASH_BUCKETS; offset += 1) {
    const index = bucketOwner(candidates, addressBucket(clientAddress, port, owned + offset));
    const next = candidates[index];
    if (next && isAvailable(next)) return { index, memory };
  }
  return { index: -1, memory };
}

const SCHEDULERS: ReadonlyMap<string, Scheduler> = new Map([
  ['rr', roundRobin],
  ['wrr', weightedRoundRobin],
  ['lc', (input: SchedulingInput) => leastBy(input, overhead)],
  ['wlc', (input: SchedulingInput) => leastBy(input, (candidate) => overhead(candidate) / candidate.weight)],
  ['sh', sourceHash],
]);

/** Names of the schedulers that the userspace director has. */
export const SCHEDULER_NAMES: readonly string[] = [...SCHEDULERS.keys()];

/** The scheduler of that name; undefined when only the kernel backend has it. */
export function findScheduler(name: string): Scheduler | undefined {
  return SCHEDULERS.get(name);
}
