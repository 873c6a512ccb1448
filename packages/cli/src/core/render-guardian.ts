import type { GuardianStatus } from '@piranha/protocol';

/** What somebody is told who asks while pulse-worker does not answer: whether anybody looks after it. */
export function guardianLine(guardian: GuardianStatus): string {
  const { pid, standsIn, holds } = guardian;
  const node = holds ? 'holds addresses' : 'holds no address';
  const beats = standsIn ? 'beats in its stead' : 'lives';
  return `guardian pid ${pid} ${beats}, this node ${node}; pulse-worker ${workerText(guardian)}`;
}

function workerText({ workerPid, phase, failures, restartInMs }: GuardianStatus): string {
  const failed = failures === 0 ? '' : `failed ${failures} times in a row, `;
  if (restartInMs !== undefined) return `${failed}starts again in ${(restartInMs / 1_000).toFixed(1)} s`;
  if (phase === 'stopping') return `${failed}is being stopped`;
  return workerPid === undefined ? `${failed}does not run` : `${failed}pid ${workerPid} does not answer yet`;
}
