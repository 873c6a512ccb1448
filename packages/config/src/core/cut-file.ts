import type { LoadResult } from '../model.js';

/** Of a block that is not closed where the file ends; a start warns of it, as the original took such a file. */
export const CUT_FILE_CODE = 'CF_MISSING_BRACE';
export const CUT_FILE_HINT = 'add a line with }; a reload takes no such file, for it may be half copied';

/** The result for whoever cannot take a file that ends inside a block: that is an error then. */
export function withoutCutFile(result: LoadResult): LoadResult {
  const isCut = result.diagnostics.some(({ code }) => code === CUT_FILE_CODE);
  if (!isCut) return result;
  const diagnostics = result.diagnostics.map((found) =>
    found.code === CUT_FILE_CODE ? { ...found, severity: 'error' as const } : found,
  );
  return { ...result, configuration: undefined, diagnostics };
}
