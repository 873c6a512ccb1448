import type { Assignment, AssignOrder, BudgetOrder, RevokeOrder } from '@piranha/protocol';

/** Most real services of one shared nanny. */
export const SERVICE_LIMIT = 50_000;
const BATCH_LIMIT = 1_000;
const WORD_LIMIT = 1_000;
const TEXT_LIMIT = 1_000_000;
const STATES: readonly unknown[] = ['up', 'down', 'unknown'];

/** What lvsd orders, or undefined when it is no order. zod would cost a nanny more memory than all of this. */
export function readAssignOrder(data: unknown): AssignOrder | undefined {
  if (!isRecord(data) || !isNumber(data.batch) || !Array.isArray(data.targets)) return undefined;
  if (data.targets.length > BATCH_LIMIT || !data.targets.every(isAssignment)) return undefined;
  return { batch: data.batch, targets: data.targets };
}

/** The same for what is to be watched no more. */
export function readRevokeOrder(data: unknown): RevokeOrder | undefined {
  if (!isRecord(data) || !Array.isArray(data.numbers) || !data.numbers.every(isNumber)) return undefined;
  return { numbers: data.numbers };
}

/** The same for how many checks it may begin. */
export function readBudgetOrder(data: unknown): BudgetOrder | undefined {
  if (!isRecord(data)) return undefined;
  const { checksPerSecond } = data;
  if (checksPerSecond === undefined) return {};
  const isRate = typeof checksPerSecond === 'number' && checksPerSecond > 0 && checksPerSecond < 1e9;
  return isRate ? { checksPerSecond } : undefined;
}

function isAssignment(value: unknown): value is Assignment {
  if (!isRecord(value)) return false;
  const { number, id, words, state, checks } = value;
  if (!isNumber(number) || !isText(id) || id === '' || !STATES.includes(state)) return false;
  if (!Array.isArray(words) || words.length > WORD_LIMIT || !words.every(isText)) return false;
  return checks === undefined || isText(checks);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LIMIT;
}
