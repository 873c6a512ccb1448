import { open } from 'node:fs/promises';

/** True for the error of a file that does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The bytes of a file, or undefined when it is longer than the limit. Rejects with Node's own error. */
export async function readLimited(path: string, limitBytes: number): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
      length += bytesRead;
      if (length > limitBytes) return undefined;
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
