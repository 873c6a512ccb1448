import type { Finding } from '@piranha/doctor';

/** The lines of something that the doctor found. */
export function findingLines({ severity, code, title, evidence, remedy }: Finding): readonly string[] {
  return [`${severity} ${code}: ${title}`, `  seen: ${evidence}`, `  do:   ${remedy}`];
}
