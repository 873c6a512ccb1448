import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { errorText, patient } from '@piranha/common';
import { PacketSocket, TCP_FLAGS, type TcpSegment, tcpFrame, watchTcp } from '@piranha/net';
import type { PathFact } from '../core/facts.js';
import type { Path } from '../core/paths.js';

const LISTEN_MS = 700;
const CONNECT_LIMIT_MS = 1_000;
const SEQUENCE_NUMBERS = 2 ** 32;
/** Ports that no service and few clients use. */
const PORTS = { first: 61_000, last: 65_000 } as const;

/**
 * Sends each real server the beginning of a connection, as it comes from a director, and looks whether the answer comes
 * back. Every connection is reset at once. Needs root.
 */
export async function probePaths(
  paths: readonly Path[],
): Promise<{ readonly facts: readonly PathFact[]; readonly unseen: readonly string[] }> {
  const facts: PathFact[] = [];
  const unseen: string[] = [];
  for (const device of new Set(paths.map(({ neighbour }) => neighbour.device))) {
    try {
      facts.push(
        ...(await probeOn(
          device,
          paths.filter(({ neighbour }) => neighbour.device === device),
        )),
      );
    } catch (error) {
      unseen.push(errorText(error));
    }
  }
  return { facts, unseen };
}

async function probeOn(name: string, paths: readonly Path[]): Promise<readonly PathFact[]> {
  const answers: TcpSegment[] = [];
  const sourcePort = randomInt(PORTS.first, PORTS.last);
  const socket = new PacketSocket();
  try {
    const found = socket.lookUp(name);
    if (found.kind !== 'ethernet') return [];
    const { device } = found;
    const watch = watchTcp(
      name,
      sourcePort,
      (segment) => answers.push(segment),
      () => undefined,
    );
    const begun = paths.map((path) => beginning(path, device.mac, sourcePort));
    for (const segment of begun) socket.send(device, tcpFrame(segment));
    await pause(patient(LISTEN_MS));
    watch.close();
    // Answered or not: an answer that went another way left a connection behind, too.
    for (const segment of begun) {
      const sequence = (segment.sequence + 1) % SEQUENCE_NUMBERS;
      socket.send(device, tcpFrame({ ...segment, sequence, flags: TCP_FLAGS.reset }));
    }
  } finally {
    socket.close();
  }
  return Promise.all(paths.map((path) => factOf(path, answers)));
}

function beginning(path: Path, mac: string, sourcePort: number): TcpSegment {
  return {
    sourceMac: mac,
    targetMac: path.neighbour.mac,
    sourceAddress: path.sourceAddress,
    sourcePort,
    targetAddress: path.targetAddress,
    targetPort: path.port,
    sequence: randomInt(0, SEQUENCE_NUMBERS),
    acknowledgement: 0,
    flags: TCP_FLAGS.syn,
  };
}

async function factOf(path: Path, answers: readonly TcpSegment[]): Promise<PathFact> {
  const { kind, server, neighbour, targetAddress, sourceAddress, port } = path;
  const isAnswered = answers.some(
    (answer) =>
      answer.sourceMac === neighbour.mac &&
      answer.sourceAddress === targetAddress &&
      answer.targetAddress === sourceAddress &&
      answer.sourcePort === port,
  );
  const { address: serverAddress, mac } = neighbour;
  const answersForItself = isAnswered || (await accepts(serverAddress, port));
  return { kind, server, serverAddress, mac, targetAddress, port, isAnswered, answersForItself };
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
