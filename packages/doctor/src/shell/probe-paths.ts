import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { errorText, patient } from '@piranha/common';
import { TCP_FLAGS, type TcpHeader, type TcpSegment, watchTcp } from '@piranha/net';
import { type Attempt, isAnswer, SEQUENCE_NUMBERS } from '../core/attempt.js';
import type { PathFact } from '../core/facts.js';
import type { Path } from '../core/paths.js';
import { FRAME_GAP_MS } from './pace.js';
import { PathSender } from './path-sender.js';

const LISTEN_MS = 700;
const CONNECT_LIMIT_MS = 1_000;
/** Ports that no service and few clients use. */
const PORTS = { first: 61_000, last: 65_000 } as const;
/** What a client's full packet carries behind its headers. */
const FULL_DATA_BYTES = 1_460;

/**
 * Sends each real server the beginning of a connection, as it comes from a director, and looks whether the answer comes
 * back. One frame after the other with a pause between; every connection is reset at once. Needs root.
 */
export async function probePaths(
  paths: readonly Path[],
): Promise<{ readonly facts: readonly PathFact[]; readonly unseen: readonly string[] }> {
  const facts: PathFact[] = [];
  const unseen: string[] = [];
  for (const device of new Set(paths.map((path) => path.device))) {
    try {
      facts.push(
        ...(await probeOn(
          device,
          paths.filter((path) => path.device === device),
        )),
      );
    } catch (error) {
      unseen.push(errorText(error));
    }
  }
  return { facts, unseen };
}

async function probeOn(device: string, paths: readonly Path[]): Promise<readonly PathFact[]> {
  const answers: TcpSegment[] = [];
  const port = randomInt(PORTS.first, PORTS.last);
  const attempts = attemptsOf(paths, port);
  const sender = new PathSender(device);
  const watches = [port, port + 1].map((one) =>
    watchTcp(
      device,
      one,
      (segment) => answers.push(segment),
      () => undefined,
    ),
  );
  try {
    for (const { path, header, dataBytes } of attempts) {
      sender.send(path, header, dataBytes);
      await pause(FRAME_GAP_MS);
    }
    await pause(patient(LISTEN_MS));
    // Answered or not: an answer that went another way left a connection behind, too.
    for (const { path, header } of attempts) {
      const sequence = (header.sequence + 1) % SEQUENCE_NUMBERS;
      sender.send(path, { ...header, sequence, flags: TCP_FLAGS.reset }, 0);
      await pause(FRAME_GAP_MS);
    }
  } finally {
    for (const watch of watches) watch.close();
    sender.close();
  }
  const facts: PathFact[] = [];
  for (const path of paths) {
    const own = attempts.filter((attempt) => attempt.path === path);
    facts.push(await factOf(path, own, answers));
  }
  return facts;
}

/** Full packets have a port of their own, so that the answers can be told apart. */
function attemptsOf(paths: readonly Path[], port: number): readonly Attempt[] {
  return paths.flatMap((path) => [
    { path, header: beginning(path, port), dataBytes: 0 },
    ...(path.tryFull ? [{ path, header: beginning(path, port + 1), dataBytes: FULL_DATA_BYTES }] : []),
  ]);
}

function beginning({ sourceAddress, targetAddress, port }: Path, sourcePort: number): TcpHeader {
  const sequence = randomInt(0, SEQUENCE_NUMBERS);
  const flags = TCP_FLAGS.syn;
  return { sourceAddress, sourcePort, targetAddress, targetPort: port, sequence, acknowledgement: 0, flags };
}

async function factOf(
  path: Path,
  [small, full]: readonly Attempt[],
  answers: readonly TcpSegment[],
): Promise<PathFact> {
  const { kind, server, serverAddress, mac, targetAddress, port } = path;
  const has = (attempt: Attempt | undefined): boolean =>
    attempt !== undefined && answers.some((answer) => isAnswer(attempt, answer));
  const isAnswered = has(small);
  const isFullAnswered = path.tryFull ? has(full) : undefined;
  const answersForItself = isAnswered || (await accepts(serverAddress, port));
  const result = { isAnswered, isFullAnswered, answersForItself };
  return { kind, server, serverAddress, mac, targetAddress, port, ...result };
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (accepted: boolean): void => {
      socket.resetAndDestroy();
      resolve(accepted);
    };
    socket.setTimeout(patient(CONNECT_LIMIT_MS), () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
