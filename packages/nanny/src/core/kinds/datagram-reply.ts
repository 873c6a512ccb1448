/** What a datagram that comes back must look like. */
export interface DatagramExpectation {
  /** Bytes at its start; -1 stands for a half of a byte that may be anything. Two halves for each byte. */
  readonly halves: readonly number[];
  readonly minimumBytes: number;
  readonly maximumBytes: number;
}

/** A text as bytes in hexadecimal, blanks between them allowed; undefined when it is none. */
export function readHex(text: string): Buffer | undefined {
  const digits = text.replace(/\s+/g, '');
  return /^([0-9a-f]{2})*$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

/** As `readHex`, with `x` for half a byte that may be anything. */
export function readHexPattern(text: string): readonly number[] | undefined {
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-fx]{2})*$/i.test(digits)) return undefined;
  return [...digits].map((digit) => (/x/i.test(digit) ? -1 : Number.parseInt(digit, 16)));
}

/** What is wrong with a datagram; undefined when nothing is. */
export function datagramProblem(expected: DatagramExpectation, datagram: Buffer): string | undefined {
  const { halves, minimumBytes, maximumBytes } = expected;
  if (datagram.length < minimumBytes || datagram.length > maximumBytes) {
    return `the reply has ${datagram.length} bytes`;
  }
  if (halves.length > 2 * datagram.length) return `the reply of ${datagram.length} bytes is too short`;
  const fits = halves.every((half, at) => {
    const byte = datagram[at >> 1] ?? 0;
    return half < 0 || half === (at % 2 === 0 ? byte >> 4 : byte & 15);
  });
  return fits ? undefined : `the reply begins with ${datagram.toString('hex', 0, 16)}`;
}
