/** The rules of the house as pure functions of a file's text; each gives the findings, one line each. */

export interface SourceFile {
  /** Path from the root of the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
}

const CODE_LINES = 400;
const TEST_LINES = 700;

/** No file is longer than can be read in one go. */
export function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.split('\n').length - 1;
  const limit = /(^|\/)test\//.test(path) ? TEST_LINES : CODE_LINES;
  return lines > limit ? [`${path}: ${lines} lines, over ${limit}`] : [];
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)\s+from\s+'([^']+)'/gm;
const SIDE_EFFECT = /^import\s+'([^']+)'/gm;

export interface ImportLine {
  readonly isType: boolean;
  readonly names: string;
  readonly from: string;
}

/** Every static import and re-export of a file. */
export function importsOf(text: string): readonly ImportLine[] {
  const named = [...text.matchAll(IMPORT)].map(([, type, names = '', from = '']) => ({
    isType: type !== undefined || allTypes(names),
    names,
    from,
  }));
  const bare = [...text.matchAll(SIDE_EFFECT)].map(([, from = '']) => ({ isType: false, names: '', from }));
  return [...named, ...bare];
}

function allTypes(names: string): boolean {
  const list = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  const words =
    list
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '') ?? [];
  return words.length > 0 && words.every((name) => name.startsWith('type '));
}

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bprocess\./, 'process'],
  [/\bset(?:Timeout|Interval|Immediate)\b/, 'timers'],
  [/\bperformance\b/, 'performance'],
  [/\bfetch\(/, 'fetch'],
  [/\brequire\(|\bimport\(/, 'dynamic import'],
];

/** Modules of others without I/O that a core may use. */
const PURE_MODULES = ['zod', 'ini', 'node:util'];

/**
 * A core decides and does nothing else: no clock, no timers, no files, no network, no chance. `isPure` tells whether a
 * module of another package that is imported for its values is a core too.
 */
export function impureCore(
  { path, text }: SourceFile,
  isPure: (from: string, name: string) => boolean,
): string[] {
  if (!/^packages\/[^/]+\/src\/core\//.test(path)) return [];
  const code = withoutComments(text);
  const words = IMPURE.filter(([pattern]) => pattern.test(code)).map(
    ([, name]) => `${path}: ${name} in a core`,
  );
  const imports = importsOf(text)
    .filter(({ isType }) => !isType)
    .flatMap(({ from, names }) => impureImport(from, names, isPure).map((why) => `${path}: ${why}`));
  return [...words, ...imports];
}

function impureImport(
  from: string,
  names: string,
  isPure: (from: string, name: string) => boolean,
): string[] {
  if (PURE_MODULES.includes(from)) return [];
  if (from.startsWith('node:')) return [`imports ${from}`];
  if (from.startsWith('./')) return [];
  if (from.startsWith('../')) return from.includes('/shell/') ? [`imports ${from}`] : [];
  if (!from.startsWith('@piranha/')) return [`imports ${from}`];
  const values = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name);
  return values
    .filter((name) => !isPure(from, name))
    .map((name) => `imports ${name} of ${from}, which is no core`);
}

/** Comments may speak of anything; only code counts. Strings are left alone, which errs on the strict side. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** Layers from the ground up; a package imports from lower layers only. */
const LAYERS: readonly (readonly string[])[] = [
  ['common'],
  ['config', 'protocol', 'net'],
  ['events', 'ipvs', 'addresses', 'import', 'witness'],
  ['doctor', 'migration', 'notify', 'real-server'],
  ['nanny', 'lvs', 'pulse', 'userspace-director', 'send-arp'],
  ['simulator'],
  ['cli', 'lab'],
];

/** The doors of daemons to their state machines alone, for what runs those on a virtual clock. */
const MACHINES = new Set(['@piranha/pulse/machines']);

function layerOf(name: string): number {
  return LAYERS.findIndex((layer) => layer.includes(name));
}

/** Imports between packages go one way; a daemon never imports a daemon, and tools import no daemon. */
export function wrongWay({ path, text }: SourceFile): string[] {
  const own = /^packages\/([^/]+)\/src\//.exec(path)?.[1];
  if (own === undefined) return [];
  if (layerOf(own) < 0) return [`${path}: package ${own} has no layer`];
  return importsOf(text).flatMap(({ from }) => {
    const other = /^@piranha\/([^/]+)/.exec(from)?.[1];
    if (other === undefined || other === own) return [];
    const isDaemon = layerOf(other) === layerOf('pulse') && !MACHINES.has(from);
    return layerOf(other) < layerOf(own) && !isDaemon ? [] : [`${path}: ${own} must not import ${other}`];
  });
}

/** Words that belong to the machine of whoever wrote a file, not to the project. */
const MACHINE_WORDS: readonly RegExp[] = [
  new RegExp(['', 'work', ''].join('/')),
  new RegExp(['', 'root', ''].join('/')),
  new RegExp(`${'\\.\\.'}/shared`),
  new RegExp(['registry', 'npmjs'].join('\\.')),
  new RegExp(['deb', 'debian', 'org'].join('\\.')),
  new RegExp(['DEVELOPERS', 'md'].join('\\.')),
];

/** Paths and hosts that mean nothing to anybody else. */
export function machineWords({ path, text }: SourceFile): string[] {
  return MACHINE_WORDS.filter((word) => word.test(text)).map((word) => `${path}: ${word.source}`);
}
