import type { CheckSet, CheckSpec, CheckSpecBase } from '@piranha/config';
import { translateEscapes } from '@piranha/config/pattern';
import type { CheckComplaint, CheckTarget } from '../check.js';
import { compileExpectation, type Expectation } from './expect.js';
import { splitProgram } from './program-words.js';

/** What the command line says about the check. Texts as given, untranslated. */
export interface CheckOptions {
  readonly target: CheckTarget;
  readonly virtualPort: number;
  readonly virtualAddress?: string;
  readonly udp: boolean;
  readonly send: string | undefined;
  readonly expect: string | undefined;
  readonly useRegex: boolean;
  readonly sendProgram: string | undefined;
  /** No translation of backslashes. */
  readonly literalBackslashes: boolean;
  /** Limit of each step and, unless the loop is told otherwise, interval between checks, ms. */
  readonly intervalMs: number;
  /** Check blocks: they count in place of send, expect and send_program. */
  readonly checks?: CheckSet | undefined;
  /** Limit of the connect, ms; absent = that of each step. */
  readonly connectTimeoutMs?: number | undefined;
}

interface PlanBase {
  readonly target: CheckTarget;
  /** Limit of each step, ms. */
  readonly stepLimitMs: number;
  /** Limit of the connect, ms; absent = that of each step. */
  readonly connectLimitMs?: number;
}

/** What the check of any block knows. */
export interface AnySpecPlan extends PlanBase {
  readonly kind: 'spec';
  /** Limit of the connect, ms. */
  readonly connectLimitMs: number;
  readonly spec: CheckSpecBase;
}

/** The check of one block. */
export interface SpecPlan<Kind extends CheckSpec['kind'] = CheckSpec['kind']> extends AnySpecPlan {
  readonly spec: Extract<CheckSpec, { readonly kind: Kind }>;
  /** The virtual server, for the kind that hands it on. */
  readonly service?: CheckTarget;
}

/** The check to run, told apart by its kind. */
export type CheckPlan =
  | (PlanBase & { readonly kind: 'tcp-connect' })
  | (PlanBase & {
      readonly kind: 'tcp-send-expect';
      readonly send: Uint8Array | undefined;
      readonly expectation: Expectation | undefined;
    })
  | (PlanBase & {
      readonly kind: 'udp';
      /** Empty when nothing is to be sent: one empty datagram goes out. */
      readonly send: Uint8Array;
      readonly expectation: Expectation | undefined;
      /** With neither send nor expect silence passes; only a refusal fails. */
      readonly silencePasses: boolean;
    })
  | (PlanBase & {
      readonly kind: 'program';
      readonly words: readonly string[];
      /** What the program must print; undefined: its exit status decides. */
      readonly expect: string | undefined;
    })
  | SpecPlan
  /** Several checks of one server: each must pass, or one is enough. */
  | (PlanBase & { readonly kind: 'all-of' | 'any-of'; readonly parts: readonly SpecPlan[] })
  /** A check that cannot work as written: always down, as the original did with a bad regex. */
  | (PlanBase & { readonly kind: 'broken'; readonly complaint: CheckComplaint });

/** The plan of one kind of check. */
export type PlanOf<Kind extends CheckPlan['kind']> = Extract<CheckPlan, { readonly kind: Kind }>;

export interface PlannedCheck {
  readonly plan: CheckPlan;
  /** Lines to log once, at the start. */
  readonly notices: readonly CheckComplaint[];
}

const encoder = new TextEncoder();

function planProgram(options: CheckOptions, base: PlanBase, program: string): PlannedCheck {
  const translate = options.literalBackslashes ? (text: string) => text : translateEscapes;
  const split = splitProgram(program, options.target);
  if (!split.ok) {
    const complaint: CheckComplaint = { event: 'NANNY_PROGRAM_BAD', fields: { error: split.error } };
    return { plan: { ...base, kind: 'broken', complaint }, notices: [] };
  }
  const notices: CheckComplaint[] = [];
  if (options.send !== undefined) {
    // Only its length: a request may hold a password.
    const fields = { program: split.words[0] ?? '', sendBytes: encoder.encode(options.send).length };
    notices.push({ event: 'NANNY_SEND_IGNORED', fields });
  }
  const expect = options.expect === undefined ? undefined : translate(options.expect);
  return { plan: { ...base, kind: 'program', words: split.words, expect }, notices };
}

/** One block by itself: its own address, port and limits where it has some, else those of the server. */
function planSpec({ target, stepLimitMs, connectLimitMs }: PlanBase, spec: CheckSpec): SpecPlan {
  const limitMs = spec.timeoutMs ?? stepLimitMs;
  return {
    kind: 'spec',
    target: { address: spec.address ?? target.address, port: spec.port ?? target.port },
    stepLimitMs: limitMs,
    connectLimitMs: spec.connectTimeoutMs ?? connectLimitMs ?? limitMs,
    spec,
  };
}

function planSet(base: PlanBase, { require, specs }: CheckSet, service: CheckTarget): CheckPlan {
  const parts = specs.map((spec) => {
    const plan = planSpec(base, spec);
    return spec.kind === 'program' ? { ...plan, service } : plan;
  });
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return { ...base, kind: require === 'any' ? 'any-of' : 'all-of', parts };
}

/**
 * Chooses the check as the original's nanny did: check blocks win; send_program wins over send; virtual port 80 over TCP with nothing
 * configured means a web server; otherwise send and expect, or the bare connect.
 */
export function planCheck(options: CheckOptions): PlannedCheck {
  const { connectTimeoutMs: connectLimitMs } = options;
  const limits = connectLimitMs === undefined ? {} : { connectLimitMs };
  const base: PlanBase = { target: options.target, stepLimitMs: options.intervalMs, ...limits };
  if (options.checks) {
    const service = { address: options.virtualAddress ?? '0.0.0.0', port: options.virtualPort };
    return { plan: planSet(base, options.checks, service), notices: [] };
  }
  if (options.sendProgram !== undefined) return planProgram(options, base, options.sendProgram);
  const bare = options.send === undefined && options.expect === undefined;
  const web = bare && !options.udp && options.virtualPort === 80;
  const notices: CheckComplaint[] = web ? [{ event: 'NANNY_DEFAULT_WEB_CHECK', fields: {} }] : [];
  const translate = options.literalBackslashes ? (text: string) => text : translateEscapes;
  const sendText = web ? 'GET / HTTP/1.0\r\n\r\n' : options.send && translate(options.send);
  const expectText = web ? 'HTTP' : options.expect && translate(options.expect);
  const send = sendText === undefined ? undefined : encoder.encode(sendText);
  const compiled = expectText === undefined ? undefined : compileExpectation(expectText, options.useRegex);
  if (compiled && !compiled.ok) {
    const complaint: CheckComplaint = { event: 'NANNY_REGEX_BAD', fields: { error: compiled.error } };
    return { plan: { ...base, kind: 'broken', complaint }, notices };
  }
  const expectation = compiled?.expectation;
  if (options.udp) {
    const sent = send ?? new Uint8Array(0);
    return { plan: { ...base, kind: 'udp', send: sent, expectation, silencePasses: bare }, notices };
  }
  if (send === undefined && expectation === undefined)
    return { plan: { ...base, kind: 'tcp-connect' }, notices };
  return { plan: { ...base, kind: 'tcp-send-expect', send, expectation }, notices };
}

/** How many parts of a check may be under way side by side. */
export interface PlanParts {
  readonly programs: number;
  readonly others: number;
}

/** The parts of a plan. */
export function planParts(plan: CheckPlan): PlanParts {
  const parts: readonly CheckPlan[] = plan.kind === 'all-of' || plan.kind === 'any-of' ? plan.parts : [plan];
  const programs = parts.filter(runsProgram).length;
  return { programs, others: parts.length - programs };
}

function runsProgram(plan: CheckPlan): boolean {
  return plan.kind === 'program' || (plan.kind === 'spec' && plan.spec.kind === 'program');
}
