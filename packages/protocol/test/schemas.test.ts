import { describe, expect, it } from 'vitest';
import { handoverAnswerSchema, pulseStatusSchema, reloadAnswerSchema } from '../src/schemas.js';

describe('answer schemas', () => {
  it('drop members of a newer daemon', () => {
    const answer = { ok: true, text: 'done', durationMs: 12.5 };
    expect(handoverAnswerSchema.parse({ ...answer, route: 'new' })).toEqual(answer);
  });

  it.each([
    [handoverAnswerSchema, { ok: 'yes', text: '', durationMs: 0 }],
    [handoverAnswerSchema, { ok: true, text: '', durationMs: -1 }],
    [reloadAnswerSchema, { ok: true, diagnostics: [1], operations: [] }],
    [pulseStatusSchema, null],
    [pulseStatusSchema, {}],
  ])('refuse what has another form (%#)', (schema, answer) => {
    expect(schema.safeParse(answer).success).toBe(false);
  });
});
