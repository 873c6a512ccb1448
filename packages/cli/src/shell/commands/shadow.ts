import { changeText, runShadow, standing, summaryLines } from '@piranha/migration';
import { stateDirectoryOf } from '@piranha/protocol';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';

export interface ShadowCommandOptions extends CommonOptions {
  /** Seconds of looking; undefined until Ctrl-C. */
  readonly for?: number;
}

function clockText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19);
}

/**
 * `lvsctl shadow FILE`: probes everything beside whatever serves now, touches nothing, and tells what Piranha would do
 * otherwise and why, for as long as it runs. Exit status 0: nothing differs at the end; 1: something does.
 */
export async function shadow(io: LvsctlIo, file: string, options: ShadowCommandOptions): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const { configuration, diagnostics } = result;
  printDiagnostics(io, result);
  if (configuration === undefined) return EXIT.no;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  const tell = (text: string): void => {
    if (!options.json) io.stdout(`${clockText(io.nowMs())} ${terminalText(text)}\n`);
  };
  try {
    const { journal, lastedMs, endMs } = await runShadow({
      configFile: file,
      stateDirectory: stateDirectoryOf(options.runDir),
      ipvsadmPath: configuration.ipvsadmPath,
      durationMs: (options.for ?? Number.POSITIVE_INFINITY) * 1_000,
      signal: controller.signal,
      onReady: (servers) => tell(`every server has its first verdict: ${servers} servers`),
      onChange: (change) => tell(changeText(change)),
    });
    const open = standing(journal);
    const ok = open.length === 0;
    if (options.json) {
      const seen = [...journal.entries.values()].map(({ difference, times, stoodMs, sinceMs }) => ({
        ...difference,
        times,
        stoodMs: Math.round(stoodMs + (sinceMs === undefined ? 0 : endMs - sinceMs)),
        stands: sinceMs !== undefined,
      }));
      printJson(io, { file, ok, lastedMs: Math.round(lastedMs), differences: seen, diagnostics });
    } else printLines((text) => io.stdout(text), summaryLines(journal, lastedMs, endMs).map(terminalText));
    return ok ? EXIT.ok : EXIT.no;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
