/** Enough of ASN.1's BER for LDAP (RFC 4511, 5.1): definite lengths, tags of one byte. */

/** Encodes one element. */
export function berElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.from([tag, 0x84]), length, content]);
}

/** A whole number from 0 to 127 under a tag (INTEGER unless told otherwise). */
export function berSmall(value: number, tag = 0x02): Buffer {
  return berElement(tag, Buffer.from([value]));
}

/** An OCTET STRING unless told otherwise. */
export function berText(text: string, tag = 0x04): Buffer {
  return berElement(tag, Buffer.from(text, 'utf8'));
}

export interface BerHeader {
  readonly tag: number;
  /** Bytes of tag and length. */
  readonly headerBytes: number;
  readonly contentBytes: number;
}

/** Reads tag and length; `short` while bytes are missing, `bad` for what LDAP forbids. */
export function readBerHeader(bytes: Uint8Array): BerHeader | 'short' | 'bad' {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return 'short';
  if ((tag & 0x1f) === 0x1f) return 'bad';
  if (first < 0x80) return { tag, headerBytes: 2, contentBytes: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) return 'bad';
  if (bytes.length < 2 + count) return 'short';
  const contentBytes = bytes.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { tag, headerBytes: 2 + count, contentBytes };
}

export interface BerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

const ELEMENT_LIMIT = 64;

/** The elements that a content is made of, at most 64 of them; undefined when it is not made of whole elements. */
export function berElements(content: Uint8Array): readonly BerElement[] | undefined {
  const elements: BerElement[] = [];
  let rest = content;
  while (rest.length > 0 && elements.length < ELEMENT_LIMIT) {
    const header = readBerHeader(rest);
    if (header === 'short' || header === 'bad') return undefined;
    const end = header.headerBytes + header.contentBytes;
    if (end > rest.length) return undefined;
    elements.push({ tag: header.tag, content: rest.subarray(header.headerBytes, end) });
    rest = rest.subarray(end);
  }
  return elements;
}
