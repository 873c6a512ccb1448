/** Text of one file, as it was read. */
export interface SourceText {
  /** Name for notes. */
  readonly file: string;
  readonly text: string;
}

/** Something of the source that the lvs.cf does not say, or says otherwise. */
export interface Note {
  readonly file: string;
  /** From 1; 0 where the note is about the file as a whole. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
  /** The words of the source; secrets are left out. */
  readonly text: string;
  readonly reason: string;
}

/** What an import gives. */
export interface Imported {
  /** The lvs.cf. */
  readonly text: string;
  /** In the order of files and lines; empty where everything was carried over. */
  readonly notes: readonly Note[];
}

/** What the source does not tell and a person can. */
export interface ImportOptions {
  /** Device of virtual addresses for which the source names none. */
  readonly device?: string;
  /** Public address of the primary director. */
  readonly primary?: string;
  /** Public address of the backup director. */
  readonly backup?: string;
}
