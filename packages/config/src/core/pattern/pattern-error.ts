/** A regular expression that cannot be used; the texts are those of regerror(3) where it has one. */
export class PatternError extends Error {}
