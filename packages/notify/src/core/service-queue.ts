/**
 * Programs of services: each service has its own, so that none waits behind another's, and of what waits for one service the
 * latest counts. Pure.
 */
export interface ServiceQueue<Job> {
  /** By service, in the order in which they came. */
  readonly waiting: ReadonlyMap<string, Job>;
  readonly running: ReadonlySet<string>;
}

interface ServiceQueueStep<Job> {
  readonly queue: ServiceQueue<Job>;
  /** To be started now. */
  readonly start: readonly (readonly [service: string, job: Job])[];
  /** Something newer has taken its place. */
  readonly superseded: Job | undefined;
}

/** So many run at once, whatever falls at the same time. */
export const MOST_SERVICE_PROGRAMS = 16;

export const NO_SERVICE_PROGRAMS: ServiceQueue<never> = {
  waiting: new Map<string, never>(),
  running: new Set(),
};

/** One more for a service. */
export function addServiceProgram<Job>(
  queue: ServiceQueue<Job>,
  service: string,
  job: Job,
): ServiceQueueStep<Job> {
  const superseded = queue.waiting.get(service);
  return startMore({ ...queue, waiting: new Map<string, Job>(queue.waiting).set(service, job) }, superseded);
}

/** That of a service has ended. */
export function endServiceProgram<Job>(queue: ServiceQueue<Job>, service: string): ServiceQueueStep<Job> {
  const running = new Set(queue.running);
  running.delete(service);
  return startMore({ ...queue, running }, undefined);
}

function startMore<Job>(queue: ServiceQueue<Job>, superseded: Job | undefined): ServiceQueueStep<Job> {
  const free = MOST_SERVICE_PROGRAMS - queue.running.size;
  const start = [...queue.waiting].filter(([service]) => !queue.running.has(service)).slice(0, free);
  const waiting = new Map(queue.waiting);
  for (const [service] of start) waiting.delete(service);
  const running = new Set([...queue.running, ...start.map(([service]) => service)]);
  return { queue: { waiting, running }, start, superseded };
}
